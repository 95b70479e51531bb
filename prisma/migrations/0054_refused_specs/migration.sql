-- Why a node refused its newest spec: told to whoever waits for something on it.
ALTER TABLE "SubstrateNode" ADD COLUMN "specProblem" JSONB;

CREATE FUNCTION hint_refusal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('myvini', 'load ' || NEW."id");
  PERFORM pg_notify('myvini', 'slice ' || r."sliceId") FROM "Sliver" s JOIN "Reservation" r ON r."id" = s."reservationId"
    WHERE s."nodeId" = NEW."id" AND s."state" <> 'gone';
  RETURN NULL;
END $$;
CREATE TRIGGER hint_refusal AFTER UPDATE OF "specProblem" ON "SubstrateNode"
  FOR EACH ROW WHEN (OLD."specProblem" IS DISTINCT FROM NEW."specProblem") EXECUTE FUNCTION hint_refusal();

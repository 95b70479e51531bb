-- What nodes find otherwise than their specs have it, and put right: kept, so that people can be told.
CREATE TABLE "NodeDrift" (
    "id" BIGSERIAL NOT NULL,
    "nodeId" TEXT NOT NULL,
    "finding" TEXT NOT NULL,
    "firstAt" TIMESTAMPTZ(3) NOT NULL,
    "lastAt" TIMESTAMPTZ(3) NOT NULL,
    "times" INTEGER NOT NULL,
    "kind" TEXT,
    "what" TEXT NOT NULL,
    "reservationId" TEXT,
    "virtualId" TEXT,
    "interface" TEXT,
    "linkId" TEXT,

    CONSTRAINT "NodeDrift_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "NodeDrift_nodeId_finding_firstAt_key" ON "NodeDrift"("nodeId", "finding", "firstAt");
CREATE INDEX "NodeDrift_nodeId_lastAt_idx" ON "NodeDrift"("nodeId", "lastAt");
CREATE INDEX "NodeDrift_reservationId_lastAt_idx" ON "NodeDrift"("reservationId", "lastAt");

ALTER TABLE "NodeDrift" ADD CONSTRAINT "NodeDrift_nodeId_fkey" FOREIGN KEY ("nodeId") REFERENCES "SubstrateNode"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "NodeDrift" ADD CONSTRAINT "NodeDrift_reservationId_fkey" FOREIGN KEY ("reservationId") REFERENCES "Reservation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Nothing has to be done about what is put right already: controllers, which wake at other hints, are not woken. Pages are.
CREATE FUNCTION hint_drift() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('myvini', 'load ' || NEW."nodeId");
  IF NEW."reservationId" IS NOT NULL THEN
    PERFORM pg_notify('myvini', 'drift ' || (SELECT "sliceId" FROM "Reservation" WHERE "id" = NEW."reservationId"));
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER hint_drift AFTER INSERT OR UPDATE ON "NodeDrift" FOR EACH ROW EXECUTE FUNCTION hint_drift();

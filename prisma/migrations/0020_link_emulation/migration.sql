-- Link emulation that is changed while a slice runs, and the traces that links follow.
CREATE TABLE "LinkEmulation" (
    "reservationId" TEXT NOT NULL,
    "linkId" TEXT NOT NULL,
    "document" JSONB NOT NULL,
    "personId" TEXT,
    "changedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "LinkEmulation_pkey" PRIMARY KEY ("reservationId","linkId")
);

CREATE TABLE "LinkTrace" (
    "id" TEXT NOT NULL,
    "steps" JSONB NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "LinkTrace_pkey" PRIMARY KEY ("id")
);

ALTER TABLE "LinkEmulation" ADD CONSTRAINT "LinkEmulation_reservationId_fkey" FOREIGN KEY ("reservationId") REFERENCES "Reservation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- The nodes at the ends of the link have something to publish: whoever publishes is told at once.
CREATE FUNCTION hint_spec() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('myvini', 'spec ' || NEW."id");
  RETURN NULL;
END $$;
CREATE TRIGGER hint_spec AFTER UPDATE OF "specHash" ON "SubstrateNode"
  FOR EACH ROW WHEN (NEW."specHash" = '') EXECUTE FUNCTION hint_spec();

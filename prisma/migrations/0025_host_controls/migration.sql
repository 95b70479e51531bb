-- Hosts of class vserver have a range of user ids of their own: root in one is a stranger even to the other hosts of its slice.
CREATE TABLE "HostUidLease" (
    "slot" INTEGER NOT NULL,
    "reservationId" TEXT NOT NULL,
    "virtualId" TEXT NOT NULL,

    CONSTRAINT "HostUidLease_pkey" PRIMARY KEY ("slot")
);
CREATE UNIQUE INDEX "HostUidLease_reservationId_virtualId_key" ON "HostUidLease"("reservationId", "virtualId");
ALTER TABLE "HostUidLease" ADD CONSTRAINT "HostUidLease_reservationId_fkey" FOREIGN KEY ("reservationId") REFERENCES "Reservation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What people did to a running host: whether it is on, how often it was started, which of its states it has, and what it was given instead of what was drawn.
CREATE TABLE "HostControl" (
    "reservationId" TEXT NOT NULL,
    "virtualId" TEXT NOT NULL,
    "isOff" BOOLEAN NOT NULL DEFAULT false,
    "starts" INTEGER NOT NULL DEFAULT 0,
    "state" INTEGER NOT NULL DEFAULT 0,
    "states" INTEGER NOT NULL DEFAULT 0,
    "cpuPercent" DOUBLE PRECISION,
    "cpuCapped" BOOLEAN,
    "memoryMib" INTEGER,
    "processes" INTEGER,

    CONSTRAINT "HostControl_pkey" PRIMARY KEY ("reservationId", "virtualId")
);
ALTER TABLE "HostControl" ADD CONSTRAINT "HostControl_reservationId_fkey" FOREIGN KEY ("reservationId") REFERENCES "Reservation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- No slot is in both tables.
CREATE OR REPLACE FUNCTION lease_uid_slot() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE free integer;
BEGIN
  LOOP
    free := nextval('uid_slot_seq');
    EXIT WHEN NOT EXISTS (SELECT 1 FROM "UidRangeLease" WHERE "slot" = free)
          AND NOT EXISTS (SELECT 1 FROM "HostUidLease" WHERE "slot" = free);
  END LOOP;
  RETURN free;
END $$;

-- With the range of the slice, in the same statement: one for each of its hosts that is a container.
CREATE FUNCTION lease_host_uids() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE host text;
BEGIN
  FOR host IN
    SELECT h->>'id' FROM "Reservation" r
      JOIN "TopologyRevision" t ON t."id" = r."revisionId"
      CROSS JOIN LATERAL jsonb_array_elements(t."document"->'hosts') h
     WHERE r."id" = NEW."reservationId" AND h->>'class' = 'vserver'
  LOOP
    INSERT INTO "HostUidLease" ("slot", "reservationId", "virtualId") VALUES (lease_uid_slot(), NEW."reservationId", host);
  END LOOP;
  RETURN NULL;
END $$;
CREATE TRIGGER lease_host_uids AFTER INSERT ON "UidRangeLease" FOR EACH ROW EXECUTE FUNCTION lease_host_uids();

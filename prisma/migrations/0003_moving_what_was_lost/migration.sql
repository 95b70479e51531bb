-- What a lost node carried moves to others (docs/decisions/0018).

ALTER TABLE "Reservation" ADD COLUMN "embeddingVersion" INTEGER NOT NULL DEFAULT 1;

CREATE TABLE "Leftover" (
    "id" SERIAL NOT NULL,
    "nodeId" TEXT NOT NULL,
    "reservationId" TEXT NOT NULL,
    "egreKeys" INTEGER[],
    "uidSlot" INTEGER,
    "removedGeneration" INTEGER,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Leftover_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "Leftover_nodeId_idx" ON "Leftover"("nodeId");
ALTER TABLE "Leftover" ADD CONSTRAINT "Leftover_nodeId_fkey" FOREIGN KEY ("nodeId") REFERENCES "SubstrateNode"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- The next that nobody has, nor any node may still use.
CREATE OR REPLACE FUNCTION lease_egre_key() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  key integer;
BEGIN
  LOOP
    key := nextval('egre_key_seq');
    EXIT WHEN NOT EXISTS (SELECT 1 FROM "LinkPlacement" WHERE "egreKey" = key)
      AND NOT EXISTS (SELECT 1 FROM "Leftover" WHERE key = ANY("egreKeys"));
  END LOOP;
  RETURN key;
END $$;

CREATE OR REPLACE FUNCTION lease_uid_slot() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  free integer;
BEGIN
  LOOP
    free := nextval('uid_slot_seq');
    EXIT WHEN NOT EXISTS (SELECT 1 FROM "UidRangeLease" WHERE "slot" = free)
      AND NOT EXISTS (SELECT 1 FROM "Leftover" WHERE "uidSlot" = free);
  END LOOP;
  RETURN free;
END $$;

-- Another embedding for a reservation that is on nodes: all of it in one statement, under the same locks in the same order as
-- an admission. `plan` is as for write_embedding, and `replaced` the links that get another key. What nodes may still have
-- of the old one is remembered, and with it stay leased the keys and the range of user ids that it used.
-- False: it is over, or somebody was faster.
CREATE FUNCTION reembed_reservation(
  reservation text, states "ReservationState"[], seen integer, plan jsonb, replaced text[]
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  booked RECORD;
  nodes text[] := ARRAY(SELECT jsonb_array_elements_text(plan->'slivers'));
  links text[] := ARRAY(SELECT c->>'substrateLinkId' FROM jsonb_array_elements(plan->'linkClaims') c);
  before text[];
  wanting integer;
BEGIN
  UPDATE "Reservation" SET "embeddingVersion" = "embeddingVersion" + 1
    WHERE "id" = reservation AND "state" = ANY(states) AND "embeddingVersion" = seen
    RETURNING "startsAt", "endsAt" INTO booked;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  before := ARRAY(SELECT "nodeId" FROM "Sliver" WHERE "reservationId" = reservation);
  PERFORM 1 FROM "SubstrateNode" WHERE "id" = ANY(nodes) ORDER BY "id" FOR NO KEY UPDATE;
  SELECT count(*) INTO wanting FROM unnest(nodes) wanted
    WHERE wanted <> ALL(before)
      AND NOT EXISTS (SELECT 1 FROM "SubstrateNode" WHERE "id" = wanted AND "accepting" AND "health" = 'healthy');
  IF wanting > 0 THEN
    RAISE EXCEPTION 'a node of the plan takes nothing new by now' USING ERRCODE = 'MV002';
  END IF;
  PERFORM 1 FROM "SubstrateLink" WHERE "id" = ANY(links) ORDER BY "id" FOR NO KEY UPDATE;

  INSERT INTO "Leftover" ("nodeId", "reservationId", "egreKeys", "uidSlot")
    SELECT s."nodeId", reservation,
      ARRAY(SELECT "egreKey" FROM "LinkPlacement" WHERE "reservationId" = reservation AND "linkId" = ANY(replaced)),
      CASE WHEN s."nodeId" = ANY(nodes) THEN NULL ELSE (SELECT "slot" FROM "UidRangeLease" WHERE "reservationId" = reservation) END
    FROM "Sliver" s WHERE s."reservationId" = reservation;
  UPDATE "HostPlacement" p SET "nodeId" = h.value FROM jsonb_each_text(plan->'hosts') h
    WHERE p."reservationId" = reservation AND p."virtualId" = h.key AND p."nodeId" <> h.value;
  UPDATE "LinkPlacement" p SET "path" = ARRAY(SELECT jsonb_array_elements_text(l->'path')), "egreKey" = lease_egre_key()
    FROM jsonb_array_elements(plan->'links') l
    WHERE p."reservationId" = reservation AND p."linkId" = l->>'link' AND p."linkId" = ANY(replaced);
  DELETE FROM "Sliver" WHERE "reservationId" = reservation AND "nodeId" <> ALL(nodes);
  -- Not published yet: those that stay have something new to do as well.
  UPDATE "Sliver" SET "generation" = 0 WHERE "reservationId" = reservation;
  INSERT INTO "Sliver" ("reservationId", "nodeId") SELECT reservation, wanted FROM unnest(nodes) wanted WHERE wanted <> ALL(before);

  DELETE FROM "NodeClaim" WHERE "reservationId" = reservation;
  DELETE FROM "LinkClaim" WHERE "reservationId" = reservation;
  INSERT INTO "NodeClaim" ("reservationId", "nodeId", "startsAt", "endsAt", "cpuMilli", "memoryMib", "hostSlots")
    SELECT reservation, c."nodeId", booked."startsAt", booked."endsAt", c."cpuMilli", c."memoryMib", c."hostSlots"
    FROM jsonb_to_recordset(plan->'nodeClaims') AS c("nodeId" text, "cpuMilli" integer, "memoryMib" integer, "hostSlots" integer);
  INSERT INTO "LinkClaim" ("reservationId", "substrateLinkId", "startsAt", "endsAt", "mbps")
    SELECT reservation, c."substrateLinkId", booked."startsAt", booked."endsAt", c."mbps"
    FROM jsonb_to_recordset(plan->'linkClaims') AS c("substrateLinkId" text, "mbps" double precision);
  RETURN true;
END $$;

-- Ports of a node that lead to a gateway (docs/decisions/0036), held from admission until the reservation has ended.
CREATE TABLE "OutsidePortLease" (
    "nodeId" TEXT NOT NULL,
    "protocol" TEXT NOT NULL,
    "port" INTEGER NOT NULL,
    "reservationId" TEXT NOT NULL,

    CONSTRAINT "OutsidePortLease_pkey" PRIMARY KEY ("nodeId", "protocol", "port")
);
CREATE INDEX "OutsidePortLease_reservationId_idx" ON "OutsidePortLease"("reservationId");
ALTER TABLE "OutsidePortLease" ADD CONSTRAINT "OutsidePortLease_nodeId_fkey" FOREIGN KEY ("nodeId") REFERENCES "SubstrateNode"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "OutsidePortLease" ADD CONSTRAINT "OutsidePortLease_reservationId_fkey" FOREIGN KEY ("reservationId") REFERENCES "Reservation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE FUNCTION lease_outside_ports(reservation text, plan jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  -- The node's row is locked, so nobody takes one of its ports between this look and the insertion; the key holds in any case.
  IF EXISTS (
    SELECT 1 FROM jsonb_to_recordset(plan->'ways') AS w("nodeId" text, "protocol" text, "port" integer)
      JOIN "OutsidePortLease" l USING ("nodeId", "protocol", "port")
  ) THEN
    RAISE EXCEPTION 'an outside port of the plan is taken by now' USING ERRCODE = 'MV001';
  END IF;
  INSERT INTO "OutsidePortLease" ("nodeId", "protocol", "port", "reservationId")
    SELECT w."nodeId", w."protocol", w."port", reservation
    FROM jsonb_to_recordset(plan->'ways') AS w("nodeId" text, "protocol" text, "port" integer);
END $$;

CREATE OR REPLACE FUNCTION write_embedding(reservation text, starts timestamptz, ends timestamptz, plan jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  nodes text[] := ARRAY(SELECT jsonb_array_elements_text(plan->'slivers'));
  links text[] := ARRAY(SELECT c->>'substrateLinkId' FROM jsonb_array_elements(plan->'linkClaims') c);
  there integer;
BEGIN
  INSERT INTO "HostPlacement" ("reservationId", "virtualId", "nodeId")
    SELECT reservation, h.key, h.value FROM jsonb_each_text(plan->'hosts') h;
  INSERT INTO "LinkPlacement" ("reservationId", "linkId", "path", "egreKey")
    SELECT reservation, l->>'link', ARRAY(SELECT jsonb_array_elements_text(l->'path')), lease_egre_key()
    FROM jsonb_array_elements(plan->'links') l;
  INSERT INTO "Sliver" ("reservationId", "nodeId") SELECT reservation, node FROM unnest(nodes) node;
  -- The plan was made from what somebody read a moment ago: a node may have been lost or drained since.
  SELECT count(*) INTO there FROM (
    SELECT 1 FROM "SubstrateNode" WHERE "id" = ANY(nodes) AND "accepting" AND "health" = 'healthy' ORDER BY "id" FOR NO KEY UPDATE
  ) locked;
  IF there < cardinality(nodes) THEN
    RAISE EXCEPTION 'a node of the plan takes nothing new by now' USING ERRCODE = 'MV002';
  END IF;
  PERFORM lease_outside_ports(reservation, plan);
  INSERT INTO "NodeClaim" ("reservationId", "nodeId", "startsAt", "endsAt", "cpuMilli", "memoryMib", "hostSlots")
    SELECT reservation, c."nodeId", starts, ends, c."cpuMilli", c."memoryMib", c."hostSlots"
    FROM jsonb_to_recordset(plan->'nodeClaims') AS c("nodeId" text, "cpuMilli" integer, "memoryMib" integer, "hostSlots" integer);
  PERFORM 1 FROM "SubstrateLink" WHERE "id" = ANY(links) ORDER BY "id" FOR NO KEY UPDATE;
  INSERT INTO "LinkClaim" ("reservationId", "substrateLinkId", "startsAt", "endsAt", "mbps")
    SELECT reservation, c."substrateLinkId", starts, ends, c."mbps"
    FROM jsonb_to_recordset(plan->'linkClaims') AS c("substrateLinkId" text, "mbps" double precision);
END $$;

-- Gateways as well: the number of the range gives each its device and its addresses on the node.
CREATE OR REPLACE FUNCTION lease_host_uids() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE host text;
BEGIN
  FOR host IN
    SELECT h->>'id' FROM "Reservation" r
      JOIN "TopologyRevision" t ON t."id" = r."revisionId"
      CROSS JOIN LATERAL jsonb_array_elements(t."document"->'hosts') h
     WHERE r."id" = NEW."reservationId" AND (h->>'class' = 'vserver' OR h->>'kind' = 'gateway')
  LOOP
    INSERT INTO "HostUidLease" ("slot", "reservationId", "virtualId") VALUES (lease_uid_slot(), NEW."reservationId", host);
  END LOOP;
  RETURN NULL;
END $$;

-- Another embedding opens its ports on other nodes.
CREATE OR REPLACE FUNCTION reembed_reservation(
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

  DELETE FROM "OutsidePortLease" WHERE "reservationId" = reservation;
  PERFORM lease_outside_ports(reservation, plan);
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

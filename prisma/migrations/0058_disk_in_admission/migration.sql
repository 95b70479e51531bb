-- Disk is promised as memory is (docs/decisions/0057).

-- What of a node is lent to disks of virtual hosts; null: nobody has said yet. And how much there is, as the node says.
ALTER TABLE "SubstrateNode" ADD COLUMN "diskMib" INTEGER;
ALTER TABLE "SubstrateNode" ADD COLUMN "diskThereMib" INTEGER;
ALTER TABLE "SubstrateNode" ADD CONSTRAINT "SubstrateNode_disk" CHECK ("diskMib" >= 0 AND "diskThereMib" >= 0);
ALTER TABLE "NodeClaim" ADD COLUMN "diskMib" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "HostControl" ADD COLUMN "diskMib" INTEGER;

-- Until somebody has said it: a node goes on taking hosts. UNSAID_DISK_MIB in packages/core/substrate/substrate.ts.
CREATE FUNCTION lent_disk(said integer) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT coalesce(said, 65536) $$;

-- The most that is promised of a node's disk at any instant from now on. The peak lies where one of the claims begins.
-- Volatile, so that it sees what was committed while its caller waited for the node's row.
CREATE FUNCTION promised_disk(node text) RETURNS integer LANGUAGE sql VOLATILE AS $$
  SELECT coalesce(max(at_once), 0)::integer FROM (
    SELECT sum(c."diskMib") AS at_once FROM "NodeClaim" f
    JOIN "NodeClaim" c ON c."nodeId" = f."nodeId"
      AND c."startsAt" <= greatest(f."startsAt", now()) AND c."endsAt" > greatest(f."startsAt", now())
    WHERE f."nodeId" = node AND f."endsAt" > now()
    GROUP BY f."reservationId"
  ) peaks
$$;

-- What is booked has its disks from now on as well: those of containers, as drawn. The guards stand aside meanwhile: windows
-- that are over may add up to more than a node has that was made smaller since, which is no reason to refuse this.
DROP TRIGGER guard_node_capacity_of_new ON "NodeClaim";
DROP TRIGGER guard_node_capacity_of_changed ON "NodeClaim";
DROP TRIGGER guard_node_shrinking ON "SubstrateNode";
UPDATE "NodeClaim" c SET "diskMib" = drawn.mib
FROM (
  SELECT p."reservationId", p."nodeId", sum(coalesce((h->>'diskMib')::integer, 256))::integer AS mib
  FROM "HostPlacement" p
    JOIN "Reservation" r ON r."id" = p."reservationId"
    JOIN "TopologyRevision" t ON t."id" = r."revisionId"
    CROSS JOIN LATERAL jsonb_array_elements(t."document"->'hosts') h
  WHERE h->>'id' = p."virtualId" AND h->>'class' = 'vserver'
  GROUP BY p."reservationId", p."nodeId"
) drawn
WHERE c."reservationId" = drawn."reservationId" AND c."nodeId" = drawn."nodeId";
-- Nothing that is promised is taken back: where it is more than counts as lent, so much is lent.
UPDATE "SubstrateNode" SET "diskMib" = promised_disk("id") WHERE promised_disk("id") > lent_disk(NULL);

ALTER TABLE "NodeClaim" DROP CONSTRAINT "NodeClaim_amount";
ALTER TABLE "NodeClaim" ADD CONSTRAINT "NodeClaim_amount"
  CHECK ("cpuMilli" >= 0 AND "memoryMib" >= 0 AND "diskMib" >= 0 AND "hostSlots" >= 0);

-- As in 0002, with disk.
CREATE OR REPLACE FUNCTION guard_node_capacity() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  narrow text;
BEGIN
  PERFORM need_read_committed();
  PERFORM 1 FROM "SubstrateNode" WHERE "id" IN (SELECT "nodeId" FROM fresh) ORDER BY "id" FOR NO KEY UPDATE;
  WITH touching AS MATERIALIZED (
    SELECT f."reservationId", f."nodeId", greatest(c."startsAt", f."startsAt") AS starts, c."endsAt" AS ends, f."endsAt" AS until,
      c."cpuMilli" AS cpu, c."memoryMib" AS memory, c."diskMib" AS disk, c."hostSlots" AS slots
    FROM fresh f JOIN "NodeClaim" c ON c."nodeId" = f."nodeId" AND c."startsAt" < f."endsAt" AND c."endsAt" > f."startsAt"
  ), crowded AS MATERIALIZED (
    -- Where all that touches the window fits at once, no instant needs a look.
    SELECT t."reservationId", t."nodeId" FROM touching t JOIN "SubstrateNode" n ON n."id" = t."nodeId"
    GROUP BY t."reservationId", t."nodeId", n."id"
    HAVING sum(t.cpu) > n."cpuMilli" OR sum(t.memory) > n."memoryMib" OR sum(t.disk) > lent_disk(n."diskMib")
      OR sum(t.slots) > n."hostSlots"
  )
  SELECT n."name" INTO narrow
  FROM (
    SELECT e."nodeId", sum(e.cpu) OVER w AS cpu, sum(e.memory) OVER w AS memory, sum(e.disk) OVER w AS disk,
      sum(e.slots) OVER w AS slots
    FROM (
      SELECT "reservationId", "nodeId", starts AS at, 1 AS turn, cpu, memory, disk, slots
      FROM touching JOIN crowded USING ("reservationId", "nodeId")
      UNION ALL
      SELECT "reservationId", "nodeId", ends, 0, -cpu, -memory, -disk, -slots
      FROM touching JOIN crowded USING ("reservationId", "nodeId") WHERE ends < until
    ) e
    WINDOW w AS (PARTITION BY e."nodeId", e."reservationId" ORDER BY e.at, e.turn ROWS UNBOUNDED PRECEDING)
  ) s
  JOIN "SubstrateNode" n ON n."id" = s."nodeId"
  WHERE s.cpu > n."cpuMilli" OR s.memory > n."memoryMib" OR s.disk > lent_disk(n."diskMib") OR s.slots > n."hostSlots"
  LIMIT 1;
  IF narrow IS NOT NULL THEN
    RAISE EXCEPTION 'substrate node % would be overbooked', narrow USING ERRCODE = 'MV001';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER guard_node_capacity_of_new AFTER INSERT ON "NodeClaim"
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION guard_node_capacity();
CREATE TRIGGER guard_node_capacity_of_changed AFTER UPDATE ON "NodeClaim"
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION guard_node_capacity();

CREATE OR REPLACE FUNCTION guard_node_shrinking() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM need_read_committed();
  IF EXISTS (
    SELECT 1 FROM "NodeClaim" f
    JOIN "NodeClaim" c ON c."nodeId" = f."nodeId" AND c."startsAt" <= greatest(f."startsAt", now()) AND c."endsAt" > greatest(f."startsAt", now())
    WHERE f."nodeId" = NEW."id" AND f."endsAt" > now()
    GROUP BY f."reservationId"
    HAVING sum(c."cpuMilli") > NEW."cpuMilli" OR sum(c."memoryMib") > NEW."memoryMib"
      OR sum(c."diskMib") > lent_disk(NEW."diskMib") OR sum(c."hostSlots") > NEW."hostSlots"
  ) THEN
    RAISE EXCEPTION 'more of substrate node % is promised', NEW."name" USING ERRCODE = 'MV001';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER guard_node_shrinking AFTER UPDATE ON "SubstrateNode" FOR EACH ROW
  WHEN (NEW."cpuMilli" < OLD."cpuMilli" OR NEW."memoryMib" < OLD."memoryMib"
    OR lent_disk(NEW."diskMib") < lent_disk(OLD."diskMib") OR NEW."hostSlots" < OLD."hostSlots")
  EXECUTE FUNCTION guard_node_shrinking();

-- As in 0031, with disk; a controller of before, which is replaced last, says nothing of it.
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
  INSERT INTO "NodeClaim" ("reservationId", "nodeId", "startsAt", "endsAt", "cpuMilli", "memoryMib", "diskMib", "hostSlots")
    SELECT reservation, c."nodeId", starts, ends, c."cpuMilli", c."memoryMib", coalesce(c."diskMib", 0), c."hostSlots"
    FROM jsonb_to_recordset(plan->'nodeClaims') AS c(
      "nodeId" text, "cpuMilli" integer, "memoryMib" integer, "diskMib" integer, "hostSlots" integer
    );
  PERFORM 1 FROM "SubstrateLink" WHERE "id" = ANY(links) ORDER BY "id" FOR NO KEY UPDATE;
  INSERT INTO "LinkClaim" ("reservationId", "substrateLinkId", "startsAt", "endsAt", "mbps")
    SELECT reservation, c."substrateLinkId", starts, ends, c."mbps"
    FROM jsonb_to_recordset(plan->'linkClaims') AS c("substrateLinkId" text, "mbps" double precision);
END $$;

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
  INSERT INTO "NodeClaim" ("reservationId", "nodeId", "startsAt", "endsAt", "cpuMilli", "memoryMib", "diskMib", "hostSlots")
    SELECT reservation, c."nodeId", booked."startsAt", booked."endsAt", c."cpuMilli", c."memoryMib", coalesce(c."diskMib", 0), c."hostSlots"
    FROM jsonb_to_recordset(plan->'nodeClaims') AS c(
      "nodeId" text, "cpuMilli" integer, "memoryMib" integer, "diskMib" integer, "hostSlots" integer
    );
  INSERT INTO "LinkClaim" ("reservationId", "substrateLinkId", "startsAt", "endsAt", "mbps")
    SELECT reservation, c."substrateLinkId", booked."startsAt", booked."endsAt", c."mbps"
    FROM jsonb_to_recordset(plan->'linkClaims') AS c("substrateLinkId" text, "mbps" double precision);
  RETURN true;
END $$;

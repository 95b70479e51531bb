-- Admission in one round trip, guarded by rows locked in one order (docs/decisions/0017).

DROP TRIGGER guard_node_capacity ON "NodeClaim";
DROP TRIGGER guard_link_capacity ON "LinkClaim";
DROP FUNCTION guard_node_capacity();
DROP FUNCTION guard_link_capacity();

-- A guard reads what others have committed after it has got the lock. With one snapshot for the whole transaction it would
-- see the claims as they were before, and let two pass where there is room for one.
CREATE FUNCTION need_read_committed() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'capacity is claimed in READ COMMITTED transactions only, not in %', upper(current_setting('transaction_isolation'))
      USING ERRCODE = 'MV003';
  END IF;
END $$;

-- What a node can carry is never exceeded at any instant. Each statement is checked as a whole: the nodes' rows are locked in
-- the order of their ids, so that claims on a node are checked one after the other and nobody waits in a circle. Claims that
-- touch the new one's window are cut to it and summed up in the order of time; what ends at an instant no longer counts there.
CREATE FUNCTION guard_node_capacity() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  narrow text;
BEGIN
  PERFORM need_read_committed();
  PERFORM 1 FROM "SubstrateNode" WHERE "id" IN (SELECT "nodeId" FROM fresh) ORDER BY "id" FOR NO KEY UPDATE;
  WITH touching AS MATERIALIZED (
    SELECT f."reservationId", f."nodeId", greatest(c."startsAt", f."startsAt") AS starts, c."endsAt" AS ends, f."endsAt" AS until,
      c."cpuMilli" AS cpu, c."memoryMib" AS memory, c."hostSlots" AS slots
    FROM fresh f JOIN "NodeClaim" c ON c."nodeId" = f."nodeId" AND c."startsAt" < f."endsAt" AND c."endsAt" > f."startsAt"
  ), crowded AS MATERIALIZED (
    -- Where all that touches the window fits at once, no instant needs a look.
    SELECT t."reservationId", t."nodeId" FROM touching t JOIN "SubstrateNode" n ON n."id" = t."nodeId"
    GROUP BY t."reservationId", t."nodeId", n."id"
    HAVING sum(t.cpu) > n."cpuMilli" OR sum(t.memory) > n."memoryMib" OR sum(t.slots) > n."hostSlots"
  )
  SELECT n."name" INTO narrow
  FROM (
    SELECT e."nodeId", sum(e.cpu) OVER w AS cpu, sum(e.memory) OVER w AS memory, sum(e.slots) OVER w AS slots
    FROM (
      SELECT "reservationId", "nodeId", starts AS at, 1 AS turn, cpu, memory, slots
      FROM touching JOIN crowded USING ("reservationId", "nodeId")
      UNION ALL
      SELECT "reservationId", "nodeId", ends, 0, -cpu, -memory, -slots
      FROM touching JOIN crowded USING ("reservationId", "nodeId") WHERE ends < until
    ) e
    WINDOW w AS (PARTITION BY e."nodeId", e."reservationId" ORDER BY e.at, e.turn ROWS UNBOUNDED PRECEDING)
  ) s
  JOIN "SubstrateNode" n ON n."id" = s."nodeId"
  WHERE s.cpu > n."cpuMilli" OR s.memory > n."memoryMib" OR s.slots > n."hostSlots"
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

-- The same for substrate links.
CREATE FUNCTION guard_link_capacity() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  narrow text;
BEGIN
  PERFORM need_read_committed();
  PERFORM 1 FROM "SubstrateLink" WHERE "id" IN (SELECT "substrateLinkId" FROM fresh) ORDER BY "id" FOR NO KEY UPDATE;
  -- Sums of decimals such as 0.1 are off by a hair; a thousandth of a Mbit/s is not a promise broken.
  WITH touching AS MATERIALIZED (
    SELECT f."reservationId", f."substrateLinkId", greatest(c."startsAt", f."startsAt") AS starts, c."endsAt" AS ends,
      f."endsAt" AS until, c."mbps"
    FROM fresh f JOIN "LinkClaim" c
      ON c."substrateLinkId" = f."substrateLinkId" AND c."startsAt" < f."endsAt" AND c."endsAt" > f."startsAt"
  ), crowded AS MATERIALIZED (
    SELECT t."reservationId", t."substrateLinkId" FROM touching t JOIN "SubstrateLink" l ON l."id" = t."substrateLinkId"
    GROUP BY t."reservationId", t."substrateLinkId", l."id" HAVING sum(t.mbps) > l."capacityMbps" + 0.001
  )
  SELECT l."id" INTO narrow
  FROM (
    SELECT e."substrateLinkId", sum(e.mbps) OVER w AS mbps
    FROM (
      SELECT "reservationId", "substrateLinkId", starts AS at, 1 AS turn, mbps
      FROM touching JOIN crowded USING ("reservationId", "substrateLinkId")
      UNION ALL
      SELECT "reservationId", "substrateLinkId", ends, 0, -mbps
      FROM touching JOIN crowded USING ("reservationId", "substrateLinkId") WHERE ends < until
    ) e
    WINDOW w AS (PARTITION BY e."substrateLinkId", e."reservationId" ORDER BY e.at, e.turn ROWS UNBOUNDED PRECEDING)
  ) s
  JOIN "SubstrateLink" l ON l."id" = s."substrateLinkId"
  WHERE s.mbps > l."capacityMbps" + 0.001
  LIMIT 1;
  IF narrow IS NOT NULL THEN
    RAISE EXCEPTION 'substrate link % would be overbooked', narrow USING ERRCODE = 'MV001';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER guard_link_capacity_of_new AFTER INSERT ON "LinkClaim"
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION guard_link_capacity();
CREATE TRIGGER guard_link_capacity_of_changed AFTER UPDATE ON "LinkClaim"
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION guard_link_capacity();

-- Nor can a node or link be made smaller than what of it is promised from now on: the row is locked by the change itself, and
-- the peak lies where one of the claims begins.
CREATE FUNCTION guard_node_shrinking() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM need_read_committed();
  IF EXISTS (
    SELECT 1 FROM "NodeClaim" f
    JOIN "NodeClaim" c ON c."nodeId" = f."nodeId" AND c."startsAt" <= greatest(f."startsAt", now()) AND c."endsAt" > greatest(f."startsAt", now())
    WHERE f."nodeId" = NEW."id" AND f."endsAt" > now()
    GROUP BY f."reservationId"
    HAVING sum(c."cpuMilli") > NEW."cpuMilli" OR sum(c."memoryMib") > NEW."memoryMib" OR sum(c."hostSlots") > NEW."hostSlots"
  ) THEN
    RAISE EXCEPTION 'more of substrate node % is promised', NEW."name" USING ERRCODE = 'MV001';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER guard_node_shrinking AFTER UPDATE ON "SubstrateNode" FOR EACH ROW
  WHEN (NEW."cpuMilli" < OLD."cpuMilli" OR NEW."memoryMib" < OLD."memoryMib" OR NEW."hostSlots" < OLD."hostSlots")
  EXECUTE FUNCTION guard_node_shrinking();

CREATE FUNCTION guard_link_shrinking() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM need_read_committed();
  IF EXISTS (
    SELECT 1 FROM "LinkClaim" f
    JOIN "LinkClaim" c ON c."substrateLinkId" = f."substrateLinkId"
      AND c."startsAt" <= greatest(f."startsAt", now()) AND c."endsAt" > greatest(f."startsAt", now())
    WHERE f."substrateLinkId" = NEW."id" AND f."endsAt" > now()
    GROUP BY f."reservationId"
    HAVING sum(c."mbps") > NEW."capacityMbps" + 0.001
  ) THEN
    RAISE EXCEPTION 'more of substrate link % is promised', NEW."id" USING ERRCODE = 'MV001';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER guard_link_shrinking AFTER UPDATE ON "SubstrateLink" FOR EACH ROW
  WHEN (NEW."capacityMbps" < OLD."capacityMbps") EXECUTE FUNCTION guard_link_shrinking();

-- The next that nobody has, in turn.
CREATE FUNCTION lease_egre_key() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  key integer;
BEGIN
  LOOP
    key := nextval('egre_key_seq');
    EXIT WHEN NOT EXISTS (SELECT 1 FROM "LinkPlacement" WHERE "egreKey" = key);
  END LOOP;
  RETURN key;
END $$;

CREATE FUNCTION lease_uid_slot() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  free integer;
BEGIN
  LOOP
    free := nextval('uid_slot_seq');
    EXIT WHEN NOT EXISTS (SELECT 1 FROM "UidRangeLease" WHERE "slot" = free);
  END LOOP;
  RETURN free;
END $$;

-- The rows of a promise that belong to its embedding. `plan`: {"hosts": {virtual id: node}, "links": [{"link", "path"}],
-- "slivers": [node], "nodeClaims": [{"nodeId", "cpuMilli", …}], "linkClaims": [{"substrateLinkId", "mbps"}]}. The order of
-- locks is everywhere: the reservation, nodes by id, links by id; then nobody waits in a circle.
CREATE FUNCTION write_embedding(reservation text, starts timestamptz, ends timestamptz, plan jsonb) RETURNS void LANGUAGE plpgsql AS $$
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
  INSERT INTO "NodeClaim" ("reservationId", "nodeId", "startsAt", "endsAt", "cpuMilli", "memoryMib", "hostSlots")
    SELECT reservation, c."nodeId", starts, ends, c."cpuMilli", c."memoryMib", c."hostSlots"
    FROM jsonb_to_recordset(plan->'nodeClaims') AS c("nodeId" text, "cpuMilli" integer, "memoryMib" integer, "hostSlots" integer);
  PERFORM 1 FROM "SubstrateLink" WHERE "id" = ANY(links) ORDER BY "id" FOR NO KEY UPDATE;
  INSERT INTO "LinkClaim" ("reservationId", "substrateLinkId", "startsAt", "endsAt", "mbps")
    SELECT reservation, c."substrateLinkId", starts, ends, c."mbps"
    FROM jsonb_to_recordset(plan->'linkClaims') AS c("substrateLinkId" text, "mbps" double precision);
END $$;

-- Everything a reservation holds, or nothing: one statement is one transaction. `addresses`: {address: interface}.
-- False: it is no longer in the state that it is to leave.
CREATE FUNCTION admit_reservation(
  reservation text, from_states "ReservationState"[], to_state "ReservationState", plan jsonb, addresses jsonb, story text
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  booked RECORD;
BEGIN
  UPDATE "Reservation" SET "state" = to_state, "problem" = NULL WHERE "id" = reservation AND "state" = ANY(from_states)
    RETURNING "sliceId", "startsAt", "endsAt" INTO booked;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  INSERT INTO "AddressLease" ("reservationId", "address", "interfaceId")
    SELECT reservation, a.key, a.value FROM jsonb_each_text(addresses) a;
  INSERT INTO "UidRangeLease" ("slot", "reservationId") VALUES (lease_uid_slot(), reservation);
  INSERT INTO "SliceEvent" ("sliceId", "kind", "message") VALUES (booked."sliceId", 'admitted', story);
  PERFORM write_embedding(reservation, booked."startsAt", booked."endsAt", plan);
  RETURN true;
END $$;

-- How far a slice's parts are is told apart from how the slice itself stands: pages look at the one when they come to it, and
-- at the other at once; and what only a state moves, such as lists, is not asked for anew at each report of a node.
-- Which node has reported is told beside it, for controllers.
CREATE OR REPLACE FUNCTION hint_slivers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('myvini', 'progress ' || s."sliceId")
  FROM (SELECT DISTINCT r."sliceId" FROM fresh f JOIN "Reservation" r ON r."id" = f."reservationId") s;
  RETURN NULL;
END $$;

CREATE FUNCTION hint_reports() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('myvini', 'reported ' || n."nodeId")
  FROM (SELECT DISTINCT f."nodeId" FROM fresh f JOIN stale s USING ("reservationId", "nodeId")
    WHERE f."state" <> s."state") n;
  RETURN NULL;
END $$;
CREATE TRIGGER hint_reports AFTER UPDATE ON "Sliver"
  REFERENCING NEW TABLE AS fresh OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION hint_reports();

-- Of the row itself, by the kind that the trigger names.
CREATE FUNCTION hint_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('myvini', TG_ARGV[0] || ' ' || NEW."id");
  RETURN NULL;
END $$;

-- What had a function of its own for each kind.
DROP TRIGGER hint_node ON "SubstrateNode";
DROP TRIGGER hint_node_change ON "SubstrateNode";
DROP TRIGGER hint_load ON "SubstrateNode";
DROP TRIGGER hint_spec ON "SubstrateNode";
DROP TRIGGER hint_reservation ON "Reservation";
DROP FUNCTION hint_node(), hint_load(), hint_spec(), hint_reservation();
CREATE TRIGGER hint_node AFTER INSERT ON "SubstrateNode" FOR EACH ROW EXECUTE FUNCTION hint_row('node');
CREATE TRIGGER hint_load AFTER UPDATE OF "load" ON "SubstrateNode"
  FOR EACH ROW WHEN (OLD."load" IS DISTINCT FROM NEW."load") EXECUTE FUNCTION hint_row('load');
CREATE TRIGGER hint_spec AFTER UPDATE OF "specHash" ON "SubstrateNode"
  FOR EACH ROW WHEN (NEW."specHash" = '') EXECUTE FUNCTION hint_row('spec');
CREATE TRIGGER hint_reservation AFTER INSERT OR UPDATE OF "state", "startsAt", "endsAt" ON "Reservation"
  FOR EACH ROW EXECUTE FUNCTION hint_row('reservation');

-- A new spec and one that is reached are no change of the node itself: they wake whoever looks after it and whoever waits for
-- a slice on it, and not those who look for what is due.
CREATE TRIGGER hint_node_change AFTER UPDATE ON "SubstrateNode" FOR EACH ROW
  WHEN ((OLD."health", OLD."accepting", OLD."kernel", OLD."agentVersion")
    IS DISTINCT FROM (NEW."health", NEW."accepting", NEW."kernel", NEW."agentVersion"))
  EXECUTE FUNCTION hint_row('node');

CREATE TRIGGER hint_published AFTER UPDATE OF "generation" ON "SubstrateNode"
  FOR EACH ROW WHEN (OLD."generation" <> NEW."generation") EXECUTE FUNCTION hint_row('published');
CREATE TRIGGER hint_reported AFTER UPDATE OF "settledGeneration" ON "SubstrateNode"
  FOR EACH ROW WHEN (OLD."settledGeneration" <> NEW."settledGeneration") EXECUTE FUNCTION hint_row('reported');

-- What has come up, ends or is over asks for nothing to be solved or started; what waits for that, and another end, does.
CREATE TRIGGER hint_due_new AFTER INSERT ON "Reservation"
  FOR EACH ROW WHEN (NEW."state" IN ('approved', 'scheduled')) EXECUTE FUNCTION hint_row('due');
CREATE TRIGGER hint_due_change AFTER UPDATE OF "state", "startsAt", "endsAt" ON "Reservation"
  FOR EACH ROW WHEN ((NEW."state" IN ('approved', 'scheduled') AND OLD."state" <> NEW."state")
    OR OLD."startsAt" <> NEW."startsAt" OR OLD."endsAt" <> NEW."endsAt")
  EXECUTE FUNCTION hint_row('due');

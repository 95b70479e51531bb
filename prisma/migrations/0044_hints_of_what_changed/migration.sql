-- A node that greets a controller is written as it was: that is no news. What pages and controllers look at is.
DROP TRIGGER hint_node ON "SubstrateNode";
CREATE TRIGGER hint_node AFTER INSERT ON "SubstrateNode" FOR EACH ROW EXECUTE FUNCTION hint_node();
CREATE TRIGGER hint_node_change AFTER UPDATE ON "SubstrateNode" FOR EACH ROW
  WHEN ((OLD."health", OLD."accepting", OLD."generation", OLD."settledGeneration", OLD."kernel", OLD."agentVersion")
    IS DISTINCT FROM
    (NEW."health", NEW."accepting", NEW."generation", NEW."settledGeneration", NEW."kernel", NEW."agentVersion"))
  EXECUTE FUNCTION hint_node();

-- Reports of many nodes are one statement: each slice is named once for all of it, not once a sliver.
CREATE FUNCTION hint_slivers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('myvini', 'slice ' || s."sliceId")
  FROM (SELECT DISTINCT r."sliceId" FROM fresh f JOIN "Reservation" r ON r."id" = f."reservationId") s;
  RETURN NULL;
END $$;
DROP TRIGGER hint_sliver ON "Sliver";
CREATE TRIGGER hint_slivers_of_new AFTER INSERT ON "Sliver"
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION hint_slivers();
CREATE TRIGGER hint_slivers_of_changed AFTER UPDATE ON "Sliver"
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION hint_slivers();
DROP FUNCTION hint_sliver();

-- A slice that is to end: whoever publishes hears of its nodes at once, not when the round over reservations comes to it.
CREATE FUNCTION hint_ending() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('myvini', 'spec ' || "nodeId") FROM "Sliver" WHERE "reservationId" = NEW."id";
  RETURN NULL;
END $$;
CREATE TRIGGER hint_ending AFTER UPDATE OF "state" ON "Reservation"
  FOR EACH ROW WHEN (NEW."state" = 'ending' AND OLD."state" <> 'ending') EXECUTE FUNCTION hint_ending();

-- A node's load is written every few seconds and calls for nothing to be done: controllers, which look at a node whenever
-- something of it changes, are not woken by it. Pages that show it are.
DROP TRIGGER hint_node ON "SubstrateNode";
CREATE TRIGGER hint_node AFTER INSERT OR UPDATE OF "health", "accepting", "generation" ON "SubstrateNode"
  FOR EACH ROW EXECUTE FUNCTION hint_node();

CREATE FUNCTION hint_load() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('myvini', 'load ' || NEW."id");
  RETURN NULL;
END $$;
CREATE TRIGGER hint_load AFTER UPDATE OF "load" ON "SubstrateNode"
  FOR EACH ROW WHEN (OLD."load" IS DISTINCT FROM NEW."load") EXECUTE FUNCTION hint_load();

-- A slice runs once its nodes have settled its generation: the controller that leads may be another than the one which
-- heard the node say so.
DROP TRIGGER hint_node ON "SubstrateNode";
CREATE TRIGGER hint_node AFTER INSERT OR UPDATE OF "health", "accepting", "generation", "settledGeneration"
  ON "SubstrateNode" FOR EACH ROW EXECUTE FUNCTION hint_node();

-- A box has no distances: the delay of such a link is emulated by the nodes that receive from it.
ALTER TABLE "SubstrateLink" ADD COLUMN "delayEmulated" BOOLEAN NOT NULL DEFAULT false;

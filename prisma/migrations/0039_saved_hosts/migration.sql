-- What a running host has on its disk becomes an image of its project, and a host may start from one.
ALTER TABLE "Image"
    ADD COLUMN "projectId" TEXT,
    ADD COLUMN "nodeId" TEXT,
    ADD COLUMN "hostKey" TEXT,
    ADD CONSTRAINT "Image_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE;
CREATE INDEX "Image_projectId_idx" ON "Image"("projectId");

ALTER TABLE "HostControl"
    ADD COLUMN "stateBefore" INTEGER,
    ADD COLUMN "image" TEXT,
    ADD COLUMN "imageBefore" TEXT;

-- A slice as it was, to start others from: its drawing, and the files of its running hosts as images that belong to it.
CREATE TYPE "SavedSliceState" AS ENUM ('saving', 'ready', 'failed');

CREATE TABLE "SavedSlice" (
    "id" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "document" JSONB NOT NULL,
    "state" "SavedSliceState" NOT NULL DEFAULT 'saving',
    "problem" JSONB,
    "createdById" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "SavedSlice_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "SavedSlice_projectId_name_key" ON "SavedSlice"("projectId", "name");
ALTER TABLE "SavedSlice" ADD CONSTRAINT "SavedSlice_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "Image" ADD COLUMN "savedSliceId" TEXT;
ALTER TABLE "Image" ADD COLUMN "hostName" TEXT;
CREATE INDEX "Image_savedSliceId_idx" ON "Image"("savedSliceId");
ALTER TABLE "Image" ADD CONSTRAINT "Image_savedSliceId_fkey" FOREIGN KEY ("savedSliceId") REFERENCES "SavedSlice"("id") ON DELETE SET NULL ON UPDATE CASCADE;

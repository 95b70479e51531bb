-- Images: what virtual hosts of class vserver start from, and which node has which.
CREATE TYPE "ImageState" AS ENUM ('queued', 'working', 'ready', 'failed', 'deleting');

CREATE TABLE "Image" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "state" "ImageState" NOT NULL DEFAULT 'queued',
    "source" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "wanted" TEXT[],
    "packages" JSONB NOT NULL DEFAULT '[]',
    "hash" TEXT,
    "packedBytes" BIGINT,
    "unpackedBytes" BIGINT,
    "progress" TEXT NOT NULL DEFAULT '',
    "problem" JSONB,
    "workedAt" TIMESTAMPTZ(3),
    "createdById" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finishedAt" TIMESTAMPTZ(3),
    CONSTRAINT "Image_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "Image_name_version_key" ON "Image"("name", "version");
CREATE INDEX "Image_state_idx" ON "Image"("state");

CREATE TABLE "NodeImage" (
    "nodeId" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "present" BOOLEAN NOT NULL DEFAULT false,
    "sentBytes" BIGINT NOT NULL DEFAULT 0,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "NodeImage_pkey" PRIMARY KEY ("nodeId", "hash")
);

CREATE INDEX "NodeImage_hash_idx" ON "NodeImage"("hash");
ALTER TABLE "NodeImage" ADD CONSTRAINT "NodeImage_nodeId_fkey" FOREIGN KEY ("nodeId") REFERENCES "SubstrateNode"("id") ON DELETE CASCADE ON UPDATE CASCADE;

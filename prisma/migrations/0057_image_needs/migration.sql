-- The least of memory, disk and processes that hosts start from an image with; what is not named is the least of any image.
ALTER TABLE "Image" ADD COLUMN "needs" JSONB NOT NULL DEFAULT '{}';

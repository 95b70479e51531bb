-- What one project has otherwise than the policy says, and who is admitted before others.
ALTER TABLE "Project" ADD COLUMN "exception" JSONB;
ALTER TABLE "Reservation" ADD COLUMN "priority" INTEGER NOT NULL DEFAULT 0;

-- Terminals of a lab whose instructor has them recorded (docs/decisions/0051).
ALTER TABLE "Lab" ADD COLUMN "recordsTerminals" BOOLEAN NOT NULL DEFAULT false;

CREATE TABLE "Recording" (
    "id" TEXT NOT NULL,
    "labId" TEXT NOT NULL,
    "sliceId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "hostName" TEXT NOT NULL,
    "columns" INTEGER NOT NULL,
    "rows" INTEGER NOT NULL,
    "startedAt" TIMESTAMPTZ(3) NOT NULL,
    "durationMs" INTEGER NOT NULL DEFAULT 0,
    "bytes" INTEGER NOT NULL DEFAULT 0,
    "cut" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "Recording_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "Recording_labId_startedAt_idx" ON "Recording"("labId", "startedAt");
CREATE INDEX "Recording_sliceId_userId_idx" ON "Recording"("sliceId", "userId");
CREATE INDEX "Recording_userId_idx" ON "Recording"("userId");
ALTER TABLE "Recording" ADD CONSTRAINT "Recording_labId_fkey" FOREIGN KEY ("labId") REFERENCES "Lab"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Recording" ADD CONSTRAINT "Recording_sliceId_fkey" FOREIGN KEY ("sliceId") REFERENCES "Slice"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Recording" ADD CONSTRAINT "Recording_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "RecordingPart" (
    "recordingId" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "text" TEXT NOT NULL,

    CONSTRAINT "RecordingPart_pkey" PRIMARY KEY ("recordingId", "number")
);
ALTER TABLE "RecordingPart" ADD CONSTRAINT "RecordingPart_recordingId_fkey" FOREIGN KEY ("recordingId") REFERENCES "Recording"("id") ON DELETE CASCADE ON UPDATE CASCADE;

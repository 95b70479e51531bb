-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "Role" AS ENUM ('researcher', 'instructor', 'admin');

-- CreateEnum
CREATE TYPE "MembershipRole" AS ENUM ('lead', 'member', 'student');

-- CreateEnum
CREATE TYPE "NodeHealth" AS ENUM ('enrolling', 'healthy', 'unreachable');

-- CreateEnum
CREATE TYPE "ReservationState" AS ENUM ('requested', 'approved', 'denied', 'scheduled', 'provisioning', 'running', 'degraded', 'ending', 'ended', 'failed');

-- CreateEnum
CREATE TYPE "SliverState" AS ENUM ('pending', 'up', 'failed', 'gone');

-- CreateTable
CREATE TABLE "User" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "emailVerified" BOOLEAN NOT NULL DEFAULT false,
    "image" TEXT,
    "role" "Role" NOT NULL DEFAULT 'researcher',
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "User_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Session" (
    "id" TEXT NOT NULL,
    "token" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "ipAddress" TEXT,
    "userAgent" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Account" (
    "id" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "providerId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "accessToken" TEXT,
    "refreshToken" TEXT,
    "idToken" TEXT,
    "accessTokenExpiresAt" TIMESTAMPTZ(3),
    "refreshTokenExpiresAt" TIMESTAMPTZ(3),
    "scope" TEXT,
    "password" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Verification" (
    "id" TEXT NOT NULL,
    "identifier" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Verification_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Invitation" (
    "id" TEXT NOT NULL,
    "tokenHash" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "usedAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Invitation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Project" (
    "id" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Project_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Membership" (
    "projectId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "role" "MembershipRole" NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Membership_pkey" PRIMARY KEY ("projectId","userId")
);

-- CreateTable
CREATE TABLE "SubstrateNode" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "site" TEXT NOT NULL,
    "latitude" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "longitude" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "sshHost" TEXT NOT NULL,
    "sshPort" INTEGER NOT NULL DEFAULT 22,
    "sshUser" TEXT NOT NULL DEFAULT 'root',
    "hostKey" TEXT NOT NULL,
    "accepting" BOOLEAN NOT NULL DEFAULT true,
    "health" "NodeHealth" NOT NULL DEFAULT 'enrolling',
    "healthReason" TEXT,
    "healthSince" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastSeenAt" TIMESTAMPTZ(3),
    "cpuMilli" INTEGER NOT NULL,
    "memoryMib" INTEGER NOT NULL,
    "hostSlots" INTEGER NOT NULL,
    "capabilities" TEXT[],
    "kernel" TEXT,
    "agentVersion" TEXT,
    "generation" INTEGER NOT NULL DEFAULT 0,
    "specHash" TEXT NOT NULL DEFAULT '',
    "settledGeneration" INTEGER NOT NULL DEFAULT 0,
    "load" JSONB,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "SubstrateNode_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "SubstrateLink" (
    "id" TEXT NOT NULL,
    "aId" TEXT NOT NULL,
    "bId" TEXT NOT NULL,
    "aAddress" TEXT NOT NULL,
    "bAddress" TEXT NOT NULL,
    "capacityMbps" INTEGER NOT NULL,
    "delayMs" DOUBLE PRECISION NOT NULL,
    "mtuBytes" INTEGER NOT NULL DEFAULT 1500,

    CONSTRAINT "SubstrateLink_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Slice" (
    "id" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "ownerId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "nameKey" TEXT,
    "labId" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deletedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Slice_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "TopologyRevision" (
    "id" TEXT NOT NULL,
    "sliceId" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "document" JSONB NOT NULL,
    "authorId" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "TopologyRevision_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Template" (
    "id" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "document" JSONB NOT NULL,
    "position" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Template_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Reservation" (
    "id" TEXT NOT NULL,
    "sliceId" TEXT NOT NULL,
    "revisionId" TEXT NOT NULL,
    "requesterId" TEXT NOT NULL,
    "state" "ReservationState" NOT NULL,
    "startsAt" TIMESTAMPTZ(3) NOT NULL,
    "endsAt" TIMESTAMPTZ(3) NOT NULL,
    "reason" TEXT NOT NULL DEFAULT '',
    "placement" TEXT NOT NULL DEFAULT 'spread',
    "deciderId" TEXT,
    "decidedAt" TIMESTAMPTZ(3),
    "decisionNote" TEXT,
    "problem" JSONB,
    "requestedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "startedAt" TIMESTAMPTZ(3),
    "runningAt" TIMESTAMPTZ(3),
    "endingAt" TIMESTAMPTZ(3),
    "endedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Reservation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "HostPlacement" (
    "reservationId" TEXT NOT NULL,
    "virtualId" TEXT NOT NULL,
    "nodeId" TEXT NOT NULL,

    CONSTRAINT "HostPlacement_pkey" PRIMARY KEY ("reservationId","virtualId")
);

-- CreateTable
CREATE TABLE "LinkPlacement" (
    "reservationId" TEXT NOT NULL,
    "linkId" TEXT NOT NULL,
    "path" TEXT[],
    "egreKey" INTEGER NOT NULL,

    CONSTRAINT "LinkPlacement_pkey" PRIMARY KEY ("reservationId","linkId")
);

-- CreateTable
CREATE TABLE "AddressLease" (
    "reservationId" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "interfaceId" TEXT NOT NULL,

    CONSTRAINT "AddressLease_pkey" PRIMARY KEY ("reservationId","address")
);

-- CreateTable
CREATE TABLE "UidRangeLease" (
    "slot" INTEGER NOT NULL,
    "reservationId" TEXT NOT NULL,

    CONSTRAINT "UidRangeLease_pkey" PRIMARY KEY ("slot")
);

-- CreateTable
CREATE TABLE "NodeClaim" (
    "reservationId" TEXT NOT NULL,
    "nodeId" TEXT NOT NULL,
    "cpuMilli" INTEGER NOT NULL,
    "memoryMib" INTEGER NOT NULL,
    "hostSlots" INTEGER NOT NULL,
    "startsAt" TIMESTAMPTZ(3) NOT NULL,
    "endsAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "NodeClaim_pkey" PRIMARY KEY ("reservationId","nodeId")
);

-- CreateTable
CREATE TABLE "LinkClaim" (
    "reservationId" TEXT NOT NULL,
    "substrateLinkId" TEXT NOT NULL,
    "mbps" DOUBLE PRECISION NOT NULL,
    "startsAt" TIMESTAMPTZ(3) NOT NULL,
    "endsAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "LinkClaim_pkey" PRIMARY KEY ("reservationId","substrateLinkId")
);

-- CreateTable
CREATE TABLE "NodeSpec" (
    "nodeId" TEXT NOT NULL,
    "generation" INTEGER NOT NULL,
    "content" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "NodeSpec_pkey" PRIMARY KEY ("nodeId","generation")
);

-- CreateTable
CREATE TABLE "Sliver" (
    "reservationId" TEXT NOT NULL,
    "nodeId" TEXT NOT NULL,
    "generation" INTEGER NOT NULL DEFAULT 0,
    "removedGeneration" INTEGER,
    "state" "SliverState" NOT NULL DEFAULT 'pending',
    "hosts" JSONB NOT NULL DEFAULT '{}',
    "links" JSONB NOT NULL DEFAULT '{}',
    "traffic" JSONB NOT NULL DEFAULT '{}',
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Sliver_pkey" PRIMARY KEY ("reservationId","nodeId")
);

-- CreateTable
CREATE TABLE "SliceEvent" (
    "id" BIGSERIAL NOT NULL,
    "sliceId" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "kind" TEXT NOT NULL,
    "message" TEXT NOT NULL,

    CONSTRAINT "SliceEvent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Course" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "instructorId" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Course_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Lab" (
    "id" TEXT NOT NULL,
    "courseId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "document" JSONB NOT NULL,
    "startsAt" TIMESTAMPTZ(3),
    "endsAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Lab_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Setting" (
    "key" TEXT NOT NULL,
    "value" JSONB NOT NULL,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Setting_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "AuditEntry" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actorId" TEXT,
    "action" TEXT NOT NULL,
    "subjectType" TEXT NOT NULL,
    "subjectId" TEXT NOT NULL,
    "detail" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "AuditEntry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ControllerInstance" (
    "id" TEXT NOT NULL,
    "gatewayUrl" TEXT NOT NULL,
    "startedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "seenAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ControllerInstance_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");

-- CreateIndex
CREATE UNIQUE INDEX "Session_token_key" ON "Session"("token");

-- CreateIndex
CREATE INDEX "Session_userId_idx" ON "Session"("userId");

-- CreateIndex
CREATE INDEX "Account_userId_idx" ON "Account"("userId");

-- CreateIndex
CREATE INDEX "Verification_identifier_idx" ON "Verification"("identifier");

-- CreateIndex
CREATE UNIQUE INDEX "Invitation_tokenHash_key" ON "Invitation"("tokenHash");

-- CreateIndex
CREATE UNIQUE INDEX "Project_slug_key" ON "Project"("slug");

-- CreateIndex
CREATE INDEX "Membership_userId_idx" ON "Membership"("userId");

-- CreateIndex
CREATE UNIQUE INDEX "SubstrateNode_name_key" ON "SubstrateNode"("name");

-- CreateIndex
CREATE INDEX "SubstrateLink_bId_idx" ON "SubstrateLink"("bId");

-- CreateIndex
CREATE UNIQUE INDEX "SubstrateLink_aId_bId_aAddress_bAddress_key" ON "SubstrateLink"("aId", "bId", "aAddress", "bAddress");

-- CreateIndex
CREATE INDEX "Slice_ownerId_idx" ON "Slice"("ownerId");

-- CreateIndex
CREATE INDEX "Slice_labId_idx" ON "Slice"("labId");

-- CreateIndex
CREATE UNIQUE INDEX "Slice_projectId_nameKey_key" ON "Slice"("projectId", "nameKey");

-- CreateIndex
CREATE UNIQUE INDEX "TopologyRevision_sliceId_number_key" ON "TopologyRevision"("sliceId", "number");

-- CreateIndex
CREATE UNIQUE INDEX "Template_slug_key" ON "Template"("slug");

-- CreateIndex
CREATE INDEX "Reservation_sliceId_idx" ON "Reservation"("sliceId");

-- CreateIndex
CREATE INDEX "Reservation_state_startsAt_idx" ON "Reservation"("state", "startsAt");

-- CreateIndex
CREATE INDEX "Reservation_state_endsAt_idx" ON "Reservation"("state", "endsAt");

-- CreateIndex
CREATE INDEX "HostPlacement_nodeId_idx" ON "HostPlacement"("nodeId");

-- CreateIndex
CREATE UNIQUE INDEX "LinkPlacement_egreKey_key" ON "LinkPlacement"("egreKey");

-- CreateIndex
CREATE UNIQUE INDEX "UidRangeLease_reservationId_key" ON "UidRangeLease"("reservationId");

-- CreateIndex
CREATE INDEX "NodeClaim_nodeId_endsAt_startsAt_idx" ON "NodeClaim"("nodeId", "endsAt", "startsAt");

-- CreateIndex
CREATE INDEX "LinkClaim_substrateLinkId_endsAt_startsAt_idx" ON "LinkClaim"("substrateLinkId", "endsAt", "startsAt");

-- CreateIndex
CREATE INDEX "Sliver_nodeId_idx" ON "Sliver"("nodeId");

-- CreateIndex
CREATE INDEX "SliceEvent_sliceId_id_idx" ON "SliceEvent"("sliceId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "Course_projectId_key" ON "Course"("projectId");

-- CreateIndex
CREATE INDEX "Lab_courseId_idx" ON "Lab"("courseId");

-- CreateIndex
CREATE INDEX "AuditEntry_subjectType_subjectId_idx" ON "AuditEntry"("subjectType", "subjectId");

-- CreateIndex
CREATE INDEX "AuditEntry_at_idx" ON "AuditEntry"("at");

-- AddForeignKey
ALTER TABLE "Session" ADD CONSTRAINT "Session_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Account" ADD CONSTRAINT "Account_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Invitation" ADD CONSTRAINT "Invitation_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Membership" ADD CONSTRAINT "Membership_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Membership" ADD CONSTRAINT "Membership_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SubstrateLink" ADD CONSTRAINT "SubstrateLink_aId_fkey" FOREIGN KEY ("aId") REFERENCES "SubstrateNode"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SubstrateLink" ADD CONSTRAINT "SubstrateLink_bId_fkey" FOREIGN KEY ("bId") REFERENCES "SubstrateNode"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Slice" ADD CONSTRAINT "Slice_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Slice" ADD CONSTRAINT "Slice_ownerId_fkey" FOREIGN KEY ("ownerId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Slice" ADD CONSTRAINT "Slice_labId_fkey" FOREIGN KEY ("labId") REFERENCES "Lab"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "TopologyRevision" ADD CONSTRAINT "TopologyRevision_sliceId_fkey" FOREIGN KEY ("sliceId") REFERENCES "Slice"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "TopologyRevision" ADD CONSTRAINT "TopologyRevision_authorId_fkey" FOREIGN KEY ("authorId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Reservation" ADD CONSTRAINT "Reservation_sliceId_fkey" FOREIGN KEY ("sliceId") REFERENCES "Slice"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Reservation" ADD CONSTRAINT "Reservation_revisionId_fkey" FOREIGN KEY ("revisionId") REFERENCES "TopologyRevision"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Reservation" ADD CONSTRAINT "Reservation_requesterId_fkey" FOREIGN KEY ("requesterId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Reservation" ADD CONSTRAINT "Reservation_deciderId_fkey" FOREIGN KEY ("deciderId") REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "HostPlacement" ADD CONSTRAINT "HostPlacement_reservationId_fkey" FOREIGN KEY ("reservationId") REFERENCES "Reservation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "HostPlacement" ADD CONSTRAINT "HostPlacement_nodeId_fkey" FOREIGN KEY ("nodeId") REFERENCES "SubstrateNode"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "LinkPlacement" ADD CONSTRAINT "LinkPlacement_reservationId_fkey" FOREIGN KEY ("reservationId") REFERENCES "Reservation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AddressLease" ADD CONSTRAINT "AddressLease_reservationId_fkey" FOREIGN KEY ("reservationId") REFERENCES "Reservation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "UidRangeLease" ADD CONSTRAINT "UidRangeLease_reservationId_fkey" FOREIGN KEY ("reservationId") REFERENCES "Reservation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "NodeClaim" ADD CONSTRAINT "NodeClaim_reservationId_fkey" FOREIGN KEY ("reservationId") REFERENCES "Reservation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "NodeClaim" ADD CONSTRAINT "NodeClaim_nodeId_fkey" FOREIGN KEY ("nodeId") REFERENCES "SubstrateNode"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "LinkClaim" ADD CONSTRAINT "LinkClaim_reservationId_fkey" FOREIGN KEY ("reservationId") REFERENCES "Reservation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "LinkClaim" ADD CONSTRAINT "LinkClaim_substrateLinkId_fkey" FOREIGN KEY ("substrateLinkId") REFERENCES "SubstrateLink"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "NodeSpec" ADD CONSTRAINT "NodeSpec_nodeId_fkey" FOREIGN KEY ("nodeId") REFERENCES "SubstrateNode"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Sliver" ADD CONSTRAINT "Sliver_reservationId_fkey" FOREIGN KEY ("reservationId") REFERENCES "Reservation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Sliver" ADD CONSTRAINT "Sliver_nodeId_fkey" FOREIGN KEY ("nodeId") REFERENCES "SubstrateNode"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SliceEvent" ADD CONSTRAINT "SliceEvent_sliceId_fkey" FOREIGN KEY ("sliceId") REFERENCES "Slice"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Course" ADD CONSTRAINT "Course_instructorId_fkey" FOREIGN KEY ("instructorId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Course" ADD CONSTRAINT "Course_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Lab" ADD CONSTRAINT "Lab_courseId_fkey" FOREIGN KEY ("courseId") REFERENCES "Course"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AuditEntry" ADD CONSTRAINT "AuditEntry_actorId_fkey" FOREIGN KEY ("actorId") REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;



-- ------------------------------------------------------------------------------------------------------------------
-- From here on by hand: promises that the database itself keeps (docs/decisions/0004).

CREATE EXTENSION IF NOT EXISTS btree_gist;

-- A slice has at most one reservation at any instant.
ALTER TABLE "Reservation" ADD CONSTRAINT "Reservation_one_at_a_time"
  EXCLUDE USING gist ("sliceId" WITH =, tstzrange("startsAt", "endsAt", '[)') WITH &&)
  WHERE ("state" NOT IN ('denied', 'ended'));

ALTER TABLE "Reservation" ADD CONSTRAINT "Reservation_window" CHECK ("startsAt" < "endsAt");
ALTER TABLE "LinkPlacement" ADD CONSTRAINT "LinkPlacement_key" CHECK ("egreKey" > 0);
ALTER TABLE "UidRangeLease" ADD CONSTRAINT "UidRangeLease_slot" CHECK ("slot" BETWEEN 1 AND 65500);
ALTER TABLE "NodeClaim" ADD CONSTRAINT "NodeClaim_amount" CHECK ("cpuMilli" >= 0 AND "memoryMib" >= 0 AND "hostSlots" >= 0);
ALTER TABLE "LinkClaim" ADD CONSTRAINT "LinkClaim_amount" CHECK ("mbps" >= 0);

-- Keys and id ranges are handed out in turn, so that one given back is used again as late as possible: a packet still
-- under way finds no new owner.
CREATE SEQUENCE egre_key_seq AS integer MINVALUE 1 MAXVALUE 2147483647 CYCLE;
CREATE SEQUENCE uid_slot_seq AS integer MINVALUE 1 MAXVALUE 65500 CYCLE;

-- What a node or link can carry is never exceeded at any instant. The row of the node or link is locked, so that claims
-- on it are checked one after the other; the peak of a sum of intervals lies at the start of one of them.
CREATE FUNCTION guard_node_capacity() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  node RECORD;
  peak RECORD;
BEGIN
  SELECT "cpuMilli", "memoryMib", "hostSlots", "name" INTO node FROM "SubstrateNode" WHERE "id" = NEW."nodeId" FOR NO KEY UPDATE;
  SELECT max(s.cpu) AS cpu, max(s.memory) AS memory, max(s.slots) AS slots INTO peak
  FROM (
    SELECT sum(c."cpuMilli") AS cpu, sum(c."memoryMib") AS memory, sum(c."hostSlots") AS slots
    FROM (
      SELECT NEW."startsAt" AS at
      UNION
      SELECT "startsAt" FROM "NodeClaim"
      WHERE "nodeId" = NEW."nodeId" AND "startsAt" > NEW."startsAt" AND "startsAt" < NEW."endsAt"
    ) instants
    JOIN "NodeClaim" c ON c."nodeId" = NEW."nodeId" AND c."startsAt" <= instants.at AND c."endsAt" > instants.at
    GROUP BY instants.at
  ) s;
  IF peak.cpu > node."cpuMilli" OR peak.memory > node."memoryMib" OR peak.slots > node."hostSlots" THEN
    RAISE EXCEPTION 'substrate node % would be overbooked', node."name" USING ERRCODE = 'MV001';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER guard_node_capacity AFTER INSERT OR UPDATE ON "NodeClaim"
  FOR EACH ROW EXECUTE FUNCTION guard_node_capacity();

CREATE FUNCTION guard_link_capacity() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  capacity integer;
  peak double precision;
BEGIN
  SELECT "capacityMbps" INTO capacity FROM "SubstrateLink" WHERE "id" = NEW."substrateLinkId" FOR NO KEY UPDATE;
  SELECT max(s.mbps) INTO peak
  FROM (
    SELECT sum(c."mbps") AS mbps
    FROM (
      SELECT NEW."startsAt" AS at
      UNION
      SELECT "startsAt" FROM "LinkClaim"
      WHERE "substrateLinkId" = NEW."substrateLinkId" AND "startsAt" > NEW."startsAt" AND "startsAt" < NEW."endsAt"
    ) instants
    JOIN "LinkClaim" c ON c."substrateLinkId" = NEW."substrateLinkId"
      AND c."startsAt" <= instants.at AND c."endsAt" > instants.at
    GROUP BY instants.at
  ) s;
  -- Sums of decimals such as 0.1 are off by a hair; a thousandth of a Mbit/s is not a promise broken.
  IF peak > capacity + 0.001 THEN
    RAISE EXCEPTION 'substrate link % would be overbooked', NEW."substrateLinkId" USING ERRCODE = 'MV001';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER guard_link_capacity AFTER INSERT OR UPDATE ON "LinkClaim"
  FOR EACH ROW EXECUTE FUNCTION guard_link_capacity();

-- Hints of change (decision 3: only hints; whoever misses one finds the work by reading state). Payload: "kind id".
CREATE FUNCTION hint_slice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('myvini', 'slice ' || NEW."sliceId");
  RETURN NULL;
END $$;
CREATE TRIGGER hint_slice AFTER INSERT OR UPDATE ON "Reservation" FOR EACH ROW EXECUTE FUNCTION hint_slice();
CREATE TRIGGER hint_slice AFTER INSERT ON "SliceEvent" FOR EACH ROW EXECUTE FUNCTION hint_slice();
CREATE TRIGGER hint_slice AFTER INSERT ON "TopologyRevision" FOR EACH ROW EXECUTE FUNCTION hint_slice();

CREATE FUNCTION hint_reservation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('myvini', 'reservation ' || NEW."id");
  RETURN NULL;
END $$;
CREATE TRIGGER hint_reservation AFTER INSERT OR UPDATE OF "state", "startsAt", "endsAt" ON "Reservation"
  FOR EACH ROW EXECUTE FUNCTION hint_reservation();

CREATE FUNCTION hint_sliver() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('myvini', 'slice ' || (SELECT "sliceId" FROM "Reservation" WHERE "id" = NEW."reservationId"));
  RETURN NULL;
END $$;
CREATE TRIGGER hint_sliver AFTER INSERT OR UPDATE ON "Sliver" FOR EACH ROW EXECUTE FUNCTION hint_sliver();

CREATE FUNCTION hint_node() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('myvini', 'node ' || NEW."id");
  RETURN NULL;
END $$;
CREATE TRIGGER hint_node AFTER INSERT OR UPDATE OF "health", "accepting", "load", "generation" ON "SubstrateNode"
  FOR EACH ROW EXECUTE FUNCTION hint_node();

// The whole API, one line a part.
import { router } from '../trpc'
import { accountRouter } from './account'
import { approvalsRouter } from './approvals'
import { auditRouter } from './audit'
import { calendarRouter } from './calendar'
import { coursesRouter } from './courses'
import { emulationRouter } from './emulation'
import { hostsRouter } from './hosts'
import { imagesRouter } from './images'
import { invitationsRouter } from './invitations'
import { labsRouter } from './labs'
import { liveRouter } from './live'
import { nodesRouter } from './nodes'
import { noticesRouter } from './notices'
import { peopleRouter } from './people'
import { policyRouter } from './policy'
import { projectsRouter } from './projects'
import { recordingsRouter } from './recordings'
import { reservationsRouter } from './reservations'
import { savedSlicesRouter } from './saved-slices'
import { sessionRouter } from './session'
import { setupRouter } from './setup'
import { slicesRouter } from './slices'
import { substrateRouter } from './substrate'
import { templatesRouter } from './templates'
import { topologyRouter } from './topology'

export const appRouter = router({
  account: accountRouter,
  approvals: approvalsRouter,
  audit: auditRouter,
  calendar: calendarRouter,
  courses: coursesRouter,
  emulation: emulationRouter,
  hosts: hostsRouter,
  images: imagesRouter,
  invitations: invitationsRouter,
  labs: labsRouter,
  live: liveRouter,
  nodes: nodesRouter,
  notices: noticesRouter,
  people: peopleRouter,
  policy: policyRouter,
  projects: projectsRouter,
  recordings: recordingsRouter,
  reservations: reservationsRouter,
  savedSlices: savedSlicesRouter,
  session: sessionRouter,
  setup: setupRouter,
  slices: slicesRouter,
  substrate: substrateRouter,
  templates: templatesRouter,
  topology: topologyRouter,
})
export type AppRouter = typeof appRouter

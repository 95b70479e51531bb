// A controller is killed while commands run on hosts: each of them is told to be lost, what had not begun is carried on by
// another controller, and the next command works.
import { buildTopology } from '@myvini/core/topology/build'
import { requestReservation } from '@myvini/store/booking'
import { loadSliceStatus } from '@myvini/store/slice-status'
import { useBox } from '@myvini/testkit/boxed'
import { type ControllerProcess, spawnController } from '@myvini/testkit/controller-process'
import { useDatabase } from '@myvini/testkit/database'
import { eventually } from '@myvini/testkit/eventually'
import { addBoxed, addPerson, addProject, addSlice } from '@myvini/testkit/rows'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { admitRun, RunAsked, type RunEvent } from '../portal/server/inside/run'

const at = useDatabase()
const boxed = useBox(1)
/** Eight run at once. */
const NAMES = Array.from({ length: 10 }, (_, i) => `h${i}`)
const AT_ONCE = 8
const SECRET = 's'.repeat(40) // as `spawnController` gives it
const controllers: ControllerProcess[] = []
let person: Awaited<ReturnType<typeof addPerson>>
let slice = { sliceId: '', reservationId: '' }

/** Once it is listed where the portal looks: as the newest it is the first to be asked. */
async function control(): Promise<ControllerProcess> {
  const before = await at.db.controllerInstance.findMany({ select: { id: true } })
  const controller = spawnController(at.url, boxed.keyFile)
  controllers.push(controller)
  const others = { id: { notIn: before.map(({ id }) => id) } }
  await eventually('a controller at work', () => at.db.controllerInstance.findFirst({ where: others }), 30_000)
  return controller
}
const logs = () => controllers.map((c) => c.log().slice(-2000)).join('\n')

beforeAll(async () => {
  await addBoxed(at.db, boxed.box.layout, boxed.nodes)
  await control()
  const enrolled = async () => (await at.db.substrateNode.count({ where: { health: 'healthy' } })) === 1
  await eventually('the node enrolled', enrolled, 30_000)
  person = await addPerson(at.db)
  const project = await addProject(at.db, [{ person, role: 'lead' }])
  const topology = buildTopology(
    NAMES.map((name) => ({ name, kind: 'host' as const, x: 0, y: 0 })),
    [],
  )
  const sliceId = await addSlice(at.db, project.id, person, topology)
  const now = new Date()
  const booked = await requestReservation(at.db, {
    ...{ sliceId, projectId: project.id, requesterId: person.id, startsAt: now, reason: '', placement: 'spread', now },
    endsAt: new Date(now.getTime() + 3_600_000),
  })
  if (!booked.ok) throw new Error(booked.problem.message)
  slice = { sliceId, reservationId: booked.value.id }
  await eventually(
    'the slice running',
    async () => {
      const { state } = await loadSliceStatus(at.db, sliceId)
      if (state !== 'running') {
        const told = await at.db.sliceEvent.findMany({ where: { sliceId } })
        throw new Error(`it is ${state}; ${told.map((e) => e.message).join(' ')}; ${logs()}`)
      }
      return true
    },
    30_000,
  )
}, 120_000)
afterAll(async () => {
  await Promise.all(controllers.map((c) => c.kill()))
})

/** As the page asks for it; `told` fills up while it runs. */
async function begin(command: string, hosts?: string[]) {
  const asked = RunAsked.parse({ command, seconds: 600, ...(hosts && { hosts }) })
  const run = await admitRun({ db: at.db, secret: SECRET, now: new Date() }, person, slice.sliceId, asked)
  if (!run.ok) throw new Error(run.problem.message)
  const told: RunEvent[] = []
  const done = run.value.go(AbortSignal.timeout(60_000), async (event) => void told.push(event))
  return { told, done }
}

/** How it ended on each host: its output, or the code of what went wrong. */
function endsIn(told: readonly RunEvent[]): Record<string, string> {
  const ends: Record<string, string> = {}
  for (const event of told) {
    if (event.event === 'output') ends[event.host] = (ends[event.host] ?? '') + event.text.trim()
    if (event.event === 'ended' && event.exitCode !== 0) ends[event.host] = `exit ${event.exitCode}`
    if (event.event === 'failed') ends[event.host] = event.problem.code
  }
  return ends
}
const all = (what: (name: string, i: number) => string) =>
  Object.fromEntries(NAMES.map((name, i) => [name, what(name, i)]))

const sleeping = async () => {
  const [node] = boxed.nodes
  const count = await boxed.inNode(node?.name ?? '', ['sh', '-c', 'ps axo args | grep -c "^sleep 4714" || true'])
  return Number(count)
}
/** Killed in the middle of a command on eight hosts; how that was told. */
async function killDuring(command: string, killed: ControllerProcess) {
  const { told, done } = await begin(command)
  await eventually('all that may at once running', async () => (await sleeping()) === AT_ONCE, 30_000)
  await killed.kill()
  const sinceMs = performance.now()
  await done
  expect(performance.now() - sinceMs).toBeLessThan(15_000)
  expect(told.at(-1)).toEqual({ event: 'done' })
  return endsIn(told)
}

test('what ran is told to be lost and has ended on the node; what waited, and what comes next, is another controller’s', async () => {
  const second = await control()
  // The last two have nothing to wait for once it is their turn.
  const marked = await begin('touch /root/marked && echo marked', NAMES.slice(AT_ONCE))
  await marked.done
  expect(endsIn(marked.told)).toEqual({ h8: 'marked', h9: 'marked' })

  const ends = await killDuring('[ -e /root/marked ] && echo carried on || exec sleep 4714', second)
  expect(ends).toEqual(all((_, i) => (i < AT_ONCE ? 'inside.lost' : 'carried on')))
  await eventually('nothing of it running on the node', async () => (await sleeping()) === 0, 20_000)

  // At once: the one that was killed is still listed as the newest.
  expect(await at.db.controllerInstance.count()).toBe(2)
  const next = await begin('echo I am $(hostname)')
  await next.done
  expect(endsIn(next.told)).toEqual(all((name) => `I am ${name}`))
}, 120_000)

test('with no other controller all of it is told, and the next one to start takes what comes next', async () => {
  const [first] = controllers
  if (!first) throw new Error('no controller')
  const ends = await killDuring('exec sleep 4714', first)
  expect(ends).toEqual(all((_, i) => (i < AT_ONCE ? 'inside.lost' : 'inside.no-controller')))
  await eventually('nothing of it running on the node', async () => (await sleeping()) === 0, 20_000)
  await control()
  const next = await begin('echo I am $(hostname)')
  await next.done
  expect(endsIn(next.told)).toEqual(all((name) => `I am ${name}`))
}, 120_000)

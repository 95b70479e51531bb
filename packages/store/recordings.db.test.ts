// Are recordings kept in order, bounded, and gone with their lab?
import { readCast } from '@myvini/core/recording/cast'
import { buildTopology } from '@myvini/core/topology/build'
import { useDatabase } from '@myvini/testkit/database'
import { addPerson, addProject, addSlice } from '@myvini/testkit/rows'
import { expect, test } from 'vitest'
import { createCourse } from './courses'
import { createLab } from './labs'
import { addPart, beginRecording, castOf, mayWatch } from './recordings'

const at = useDatabase()
const topology = buildTopology([{ name: 'h', kind: 'host', x: 0, y: 0 }], [])

async function setUp() {
  const teacher = await addPerson(at.db, 'instructor')
  const student = await addPerson(at.db)
  const course = await createCourse(at.db, { name: `Of ${teacher.name}`, instructorId: teacher.id })
  const lab = await createLab(at.db, {
    ...{ actorId: teacher.id, courseId: course.id, name: 'One', topology, startsAt: null, endsAt: null },
  })
  const project = await addProject(at.db, [{ person: student, role: 'member' }])
  const sliceId = await addSlice(at.db, project.id, student, topology)
  const recording = { labId: lab.id, sliceId, userId: student.id, hostName: 'h', columns: 80, rows: 24 }
  return { teacher, student, lab, recording: { ...recording, startedAt: new Date('2026-05-04T10:00:00Z') } }
}

test('parts are one recording, however many digits their numbers have', async () => {
  const { student, recording } = await setUp()
  const id = (await beginRecording(at.db, recording)) ?? ''
  for (const number of [10, 2, 0, 1])
    await addPart(at.db, id, { number, text: `[${number},"o","${number} "]\n`, bytes: 20, durationMs: 9, cut: false })
  const watched = await mayWatch(at.db, student, id)
  if (!watched.ok) throw new Error(watched.problem.message)
  expect(watched.value).toMatchObject({ bytes: 20, durationMs: 9, cut: false, hostName: 'h' })
  const cast = readCast(await castOf(at.db, watched.value))
  expect(cast.events.map((e) => (e.kind === 'output' ? e.text : ''))).toEqual(['0 ', '1 ', '2 ', '10 '])
})

test('it goes with its lab, and who still writes it is told; a lab that is full records nothing more', async () => {
  const { lab, recording } = await setUp()
  const id = (await beginRecording(at.db, recording)) ?? ''
  const part = { number: 0, text: 'x', bytes: 2 ** 30, durationMs: 1, cut: true }
  expect(await addPart(at.db, id, part)).toBe(true)
  expect(await beginRecording(at.db, recording)).toBeNull()
  await at.db.lab.delete({ where: { id: lab.id } })
  expect(await at.db.recordingPart.count({ where: { recordingId: id } })).toBe(0)
  expect(await addPart(at.db, id, { ...part, number: 1 })).toBe(false)
  expect(await beginRecording(at.db, recording)).toBeNull()
})

import { buildTopology } from '@myvini/core/topology/build'
import { useDatabase } from '@myvini/testkit/database'
import { addPerson, addProject, addSlice } from '@myvini/testkit/rows'
import { expect, test } from 'vitest'
import { savedDrawing } from './saved-drawings'
import { latestRevision, saveRevision } from './slices'

const at = useDatabase()
const drawn = (...names: string[]) =>
  buildTopology(
    names.map((name) => ({ name, kind: 'host' as const, x: 0, y: 0 })),
    [],
  )

test('a revision is read once, however often it is asked for, and the next one is another', async () => {
  const person = await addPerson(at.db)
  const project = await addProject(at.db, [{ person, role: 'lead' }])
  const sliceId = await addSlice(at.db, project.id, person, drawn('a'))
  const { id, number } = await latestRevision(at.db, sliceId)
  const first = await savedDrawing(at.db, id)
  expect(first).toEqual(drawn('a'))
  expect(await savedDrawing(at.db, id)).toBe(first)

  const saved = await saveRevision(at.db, { sliceId, base: number, topology: drawn('a', 'b'), authorId: person.id })
  expect(saved.ok).toBe(true)
  const next = await latestRevision(at.db, sliceId)
  expect((await savedDrawing(at.db, next.id)).hosts.map((h) => h.name)).toEqual(['a', 'b'])
  expect(await savedDrawing(at.db, id)).toBe(first)
})

test('what was never saved is no empty drawing', async () => {
  await expect(savedDrawing(at.db, 'nowhere')).rejects.toThrow()
})

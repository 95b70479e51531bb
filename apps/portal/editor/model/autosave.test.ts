import { emptyTopology, type Topology } from '@myvini/core/topology/topology'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Autosave, type AutosaveDeps, type SaveOutcome } from './autosave'

const problem = { code: 'topology.stale', message: 'Ada has saved revision 2 since.', hint: 'Reload.' }
const saved = (number: number): SaveOutcome => ({ kind: 'saved', number, at: new Date(0) })

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function begin(answers: SaveOutcome[]) {
  const sent: { base: number; topology: Topology }[] = []
  const states: string[] = []
  let draft: Parameters<AutosaveDeps['keepDraft']>[0] = null
  const first = emptyTopology()
  const autosave = new Autosave(
    {
      save: async (base, topology) => {
        sent.push({ base, topology })
        return answers.shift() ?? saved(base + 1)
      },
      onState: ({ kind }) => void states.push(kind),
      keepDraft: (kept) => {
        draft = kept
      },
    },
    1,
    first,
  )
  return { autosave, sent, states, draft: () => draft, first }
}

test('changes in a row are saved once, the last of them, and then nothing is unsaved', async () => {
  const { autosave, sent, states, draft } = begin([])
  const last = emptyTopology()
  autosave.change(emptyTopology())
  autosave.change(last)
  expect(draft()).toEqual({ base: 1, topology: last })
  await vi.runAllTimersAsync()
  expect(sent).toEqual([{ base: 1, topology: last }])
  expect([autosave.revision, autosave.isDirty, states.at(-1), draft()]).toEqual([2, false, 'saved', null])
})

test('over what somebody else has saved nothing is sent any more, and the draft is kept', async () => {
  const { autosave, sent, states, draft } = begin([{ kind: 'refused', problem }])
  autosave.change(emptyTopology())
  await vi.runAllTimersAsync()
  const mine = { ...emptyTopology(), routing: 'none' as const }
  autosave.change(mine)
  await vi.runAllTimersAsync()
  expect(await autosave.flush()).toBe(false)
  expect(sent).toHaveLength(1)
  expect(states.at(-1)).toBe('conflict')
  expect(draft()).toEqual({ base: 1, topology: mine })
})

test('without an answer it is tried again until it is saved', async () => {
  const { autosave, sent, states } = begin([
    { kind: 'failed', problem },
    { kind: 'failed', problem },
  ])
  autosave.change(emptyTopology())
  await vi.runAllTimersAsync()
  expect(sent).toHaveLength(3)
  expect([autosave.isDirty, autosave.revision]).toEqual([false, 2])
  expect(states).toContain('waiting')
})

test('what is changed while it is being sent is saved on top', async () => {
  const { autosave, sent } = begin([])
  autosave.change(emptyTopology())
  const flushed = autosave.flush()
  const later = emptyTopology()
  autosave.change(later)
  await flushed
  await vi.runAllTimersAsync()
  expect(sent.map((s) => s.base)).toEqual([1, 2])
  expect(sent.at(-1)?.topology).toBe(later)
})

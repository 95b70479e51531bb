'use client'
// How does a thing on the canvas stand: in the drawing, in what runs, and in what is wrong with it?
import type { PartState } from '@myvini/core/desired/report'
import type { Tone } from '../../components/state-pill'
import { useShown, useView } from '../workspace-context'

export interface ThingLook {
  /** Null: nothing is booked, or the thing is not part of what is. */
  tone: Tone | null
  /** For screen readers and the title. */
  word: string | null
  reason: string | null
  /** Substrate node that carries it. */
  node: string | null
  /** Drawn since the booking. */
  isNew: boolean
  problem: 'error' | 'warning' | null
}

const TONE: Record<PartState | 'gone', Tone> = {
  pending: 'changing',
  up: 'running',
  failed: 'failed',
  stopped: 'neutral',
  gone: 'neutral',
}
const WORD: Record<PartState | 'gone', string> = {
  pending: 'coming up',
  up: 'running',
  failed: 'failed',
  stopped: 'stopped',
  gone: 'not running',
}

/** States in which parts have a state of their own. */
const PLACED = ['scheduled', 'provisioning', 'running', 'degraded', 'failed', 'ending']
const UP = ['provisioning', 'running', 'degraded', 'failed']

export function useThingLook(kind: 'host' | 'lan' | 'link', id: string): ThingLook {
  const part = useView((v) => (kind === 'link' ? v.status?.links[id] : v.status?.hosts[id]))
  const state = useView((v) => v.status?.state ?? 'draft')
  const isNew = useView((v) => v.difference?.added.has(id) ?? false)
  const blamed = useView((v) => v.blamed.has(id))
  const problem = useShown((s) => s.marks.get(`${kind}:${id}`) ?? null)
  const startUp = part && 'startUp' in part ? part.startUp : null
  const placed = part !== undefined && PLACED.includes(state)
  const lives = placed && UP.includes(state)
  return {
    tone: lives ? TONE[part.state] : placed ? 'waiting' : null,
    word: lives ? WORD[part.state] : state === 'ending' ? 'ending' : placed ? 'scheduled' : null,
    reason: lives ? (part.reason ?? (startUp?.hasFailed ? `Up; ${startUp.word}.` : null)) : null,
    node: placed && 'node' in part ? part.node : null,
    isNew: isNew && PLACED.includes(state),
    problem: blamed ? 'error' : problem,
  }
}

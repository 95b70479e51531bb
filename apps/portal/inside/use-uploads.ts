'use client'
// What is being sent to which host, how far it is, and what became of it? A few at once, the rest wait.
import { useCallback, useEffect, useRef, useState } from 'react'
import type { ToldProblem } from '../told-problem'
import { type FilePlace, type Sending, sendFile } from './file-calls'

const AT_ONCE = 3

export interface Upload extends FilePlace {
  id: number
  hostName: string
  file: File
  overwrites: boolean
  /** `asks`: there is one of that name; it waits for a decision. */
  state: 'waiting' | 'sending' | 'done' | 'asks' | 'failed'
  sentBytes: number
  problem: ToldProblem | null
}

export type UploadAsked = Pick<Upload, 'sliceId' | 'hostId' | 'hostName' | 'path' | 'file'> & {
  /** It can be seen there: asked about before it is sent. */
  isThere: boolean
}

export function useUploads(onDone: () => void) {
  const [uploads, setUploads] = useState<readonly Upload[]>([])
  const sendings = useRef(new Map<number, Sending>())
  const serial = useRef(0)
  const told = useRef(onDone)
  told.current = onDone
  const change = useCallback((id: number, patch: Partial<Upload>) => {
    setUploads((before) => before.map((u) => (u.id === id ? { ...u, ...patch } : u)))
  }, [])

  useEffect(() => {
    const next = uploads.find((u) => u.state === 'waiting' && !sendings.current.has(u.id))
    if (!next || sendings.current.size >= AT_ONCE) return
    const { id, file, overwrites } = next
    const sending = sendFile(next, file, overwrites, (sentBytes) => change(id, { sentBytes }))
    sendings.current.set(id, sending)
    change(id, { state: 'sending' })
    void sending.done.then((problem) => {
      sendings.current.delete(id)
      if (problem === null) {
        change(id, { state: 'done', sentBytes: file.size, problem })
        told.current()
      } else change(id, { state: problem.code === 'file.there-already' ? 'asks' : 'failed', problem })
    })
  }, [uploads, change])

  useEffect(() => {
    const running = sendings.current
    return () => {
      for (const sending of running.values()) sending.cancel()
    }
  }, [])

  const add = useCallback((asked: readonly UploadAsked[]) => {
    const fresh = asked.map(({ isThere, ...one }): Upload => {
      serial.current++
      const state = isThere ? 'asks' : 'waiting'
      return { ...one, id: serial.current, overwrites: false, state, sentBytes: 0, problem: null }
    })
    setUploads((before) => [...before.filter((u) => u.state !== 'done'), ...fresh])
  }, [])
  const again = useCallback(
    (id: number, overwrites: boolean) => change(id, { state: 'waiting', overwrites, sentBytes: 0, problem: null }),
    [change],
  )
  /** One on its way is stopped, one that waits or has ended leaves the list. */
  const drop = useCallback((id: number) => {
    const sending = sendings.current.get(id)
    if (sending) sending.cancel()
    else setUploads((before) => before.filter((u) => u.id !== id))
  }, [])
  return { uploads, add, again, drop }
}

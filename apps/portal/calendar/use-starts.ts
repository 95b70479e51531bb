'use client'
// From when to when can a window of this length begin? Worked out between the frames, and shown as far as it is known.
import type { EmbeddingRequest } from '@myvini/core/embedding/request'
import { fittingStarts, type Starts } from '@myvini/core/reservation/fitting-starts'
import type { Window } from '@myvini/core/reservation/timeline'
import { useEffect, useState } from 'react'
import { inSlices } from '../browser/in-slices'
import type { Placement } from '../editor/answer/answer'
import type { Outlook } from '../editor/answer/use-outlook'

/** So many different states of the substrate are tried for one picture. */
const MOST = 400
/** Between two pictures of what is known so far. */
const PAINT_MS = 150

interface StartsOf {
  outlook: Outlook
  request: EmbeddingRequest | null
  placement: Placement
  lengthMs: number
  range: Window
}

export function useStarts({ outlook, request, placement, lengthMs, range }: StartsOf): readonly Starts[] | null {
  const [starts, setStarts] = useState<readonly Starts[] | null>(null)
  const { fromMs, untilMs } = range
  useEffect(() => {
    setStarts(null)
    if (!request || lengthMs <= 0 || untilMs <= fromMs) return
    const stopped = new AbortController()
    const { substrate, timeline } = outlook
    const asked = {
      substrate,
      timeline,
      request,
      options: { placement, seed: 1 },
      lengthMs,
      fromMs,
      untilMs,
      most: MOST,
    }
    let paintedMs = performance.now()
    inSlices(fittingStarts(asked), stopped.signal, (known) => {
      if (performance.now() - paintedMs < PAINT_MS) return
      paintedMs = performance.now()
      setStarts(known.map((s) => ({ ...s })))
    }).then(
      (all) => {
        if (all) setStarts(all)
      },
      // The row stays empty; the window that is chosen has an answer of its own.
      (reason: unknown) => reportError(reason),
    )
    return () => stopped.abort()
  }, [outlook, request, placement, lengthMs, fromMs, untilMs])
  return starts
}

// Which packets of a stream were lost, and was that nobody's fault? From the numbers that were answered and when; pure.

/** `atMs`: of one clock, whichever. */
export interface Answered {
  seq: number
  atMs: number
}

export interface Span {
  fromMs: number
  /** Infinity while it lasts. */
  untilMs: number
}

/**
 * Times at which packets were sent that were never answered, and that no span excuses. `answers` begins with the number
 * before the first that is looked at. What was sent after the last of them may still be answered and is not counted. When a
 * lost one was sent follows from its neighbours, as they leave in step.
 */
export function unexcused(answers: readonly Answered[], spans: readonly Span[]): number[] {
  const inOrder = answers.toSorted((a, b) => a.seq - b.seq)
  const lost: number[] = []
  for (const [i, here] of inOrder.entries()) {
    const before = inOrder[i - 1]
    if (!before) continue
    const step = (here.atMs - before.atMs) / (here.seq - before.seq)
    for (let seq = before.seq + 1; seq < here.seq; seq++) {
      const sentMs = before.atMs + (seq - before.seq) * step
      if (!spans.some((span) => sentMs >= span.fromMs && sentMs <= span.untilMs)) lost.push(sentMs)
    }
  }
  return lost
}

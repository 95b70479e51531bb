// How does somebody who waits see how far it is? The same lines as scripts/steps.mjs prints before anything is installed.

const seconds = (fromMs: number): string => `${((Date.now() - fromMs) / 1000).toFixed(1)} s`

export type Step = <T>(title: string, work: () => Promise<T>) => Promise<T>

/** Thrown after the failure has been told, so that it is not told twice. */
export class ToldFailure extends Error {}

async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
  const from = Date.now()
  const { isTTY } = process.stdout
  if (isTTY) process.stdout.write(`  … ${title}`)
  try {
    const result = await work()
    const remark = typeof result === 'string' && result.length < 100 && !result.includes('://') ? `: ${result}` : ''
    process.stdout.write(`${isTTY ? '\r\x1b[K' : ''}  ok ${title}${remark} (${seconds(from)})\n`)
    return result
  } catch (cause) {
    process.stdout.write(`${isTTY ? '\r\x1b[K' : ''}  -- ${title} failed (${seconds(from)})\n`)
    const message = cause instanceof Error ? cause.message : String(cause)
    process.stderr.write(
      `\nStep:  ${title}\nCause: ${message}\nCure:  Look at ./myvini doctor and ./myvini logs; then run the same command again: what is done is kept.\n`,
    )
    throw new ToldFailure(title, { cause })
  }
}

export async function steps<T>(heading: string, work: (step: Step) => Promise<T>): Promise<T> {
  process.stdout.write(`${heading}\n`)
  return work(step)
}

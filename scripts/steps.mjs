// How does somebody who waits see how far it is? One line a step, with its time; on failure the step, the cause, the cure.

const seconds = (from) => `${((Date.now() - from) / 1000).toFixed(1)} s`

export class StepFailure extends Error {
  constructor(message, cure, options) {
    super(message, options)
    this.cure = cure
  }
}

/** Runs `work`, which may return a short remark. Returns false after telling what went wrong. */
export async function step(title, work) {
  const from = Date.now()
  const isTerminal = process.stdout.isTTY
  process.stdout.write(isTerminal ? `  … ${title}` : '')
  try {
    const remark = await work()
    const line = `  ok ${title}${remark ? `: ${remark}` : ''} (${seconds(from)})\n`
    process.stdout.write(isTerminal ? `\r\x1b[K${line}` : line)
    return true
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error)
    process.stdout.write(`${isTerminal ? '\r\x1b[K' : ''}  -- ${title} failed (${seconds(from)})\n`)
    process.stderr.write(
      `\nStep:  ${title}\nCause: ${cause.trim()}\nCure:  ${error.cure ?? 'Run ./myvini doctor, mend what it names, and run the same command again: what is done is kept.'}\n`,
    )
    return false
  }
}

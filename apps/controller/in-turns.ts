// How is something done for a thousand things without asking for a thousand connections at once?

/** `atOnce` at a time. One that fails stops none of the others; the first failure is thrown when all are done. */
export async function inTurns<T>(
  things: Iterable<T>,
  atOnce: number,
  work: (thing: T) => Promise<void>,
): Promise<void> {
  const rest = [...things]
  const failures: unknown[] = []
  const worker = async () => {
    for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
      try {
        await work(next)
      } catch (error) {
        failures.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, rest.length) }, worker))
  if (failures.length > 0) throw failures[0]
}

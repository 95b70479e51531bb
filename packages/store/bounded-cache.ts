// What was made at some cost and never changes, kept by its key until it is too much of it: the oldest leaves first, and is made
// again when it is asked for.

export class BoundedCache<T> {
  private readonly kept = new Map<string, { value: T; weight: number }>()
  private weight = 0

  /** `most`: what all of it may weigh; the newest stays, whatever it weighs. */
  constructor(private readonly most: number) {}

  get = (key: string): T | undefined => this.kept.get(key)?.value

  keep(key: string, value: T, weight: number) {
    this.forget(key)
    this.kept.set(key, { value, weight })
    this.weight += weight
    for (const oldest of this.kept.keys()) {
      if (this.weight <= this.most || oldest === key) break
      this.forget(oldest)
    }
  }

  forget(key: string) {
    const known = this.kept.get(key)
    if (!known) return
    this.weight -= known.weight
    this.kept.delete(key)
  }
}

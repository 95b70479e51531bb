// A box of real nodes for one test file, gone when the file is done.
import { afterAll, beforeAll } from 'vitest'
import { type Boxed, type OpenBoxed, openBoxed } from './open-boxed'

export type { Boxed } from './open-boxed'

export function useBox(count: number, options: { hasOutside?: boolean } = {}): Boxed {
  const boxed = {} as OpenBoxed // filled before the first test runs
  beforeAll(async () => {
    Object.assign(boxed, await openBoxed(count, options))
  }, 60_000)
  afterAll(async () => {
    await boxed.close?.()
  })
  return boxed
}

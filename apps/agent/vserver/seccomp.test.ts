import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { REFUSED } from './seccomp'

/** Of 32-bit programs, which trellis' filter refuses as a whole, and one that x86-64 has a number but no code for. */
const OTHERS: readonly string[] = [
  'umount',
  'vm86',
  'vm86old',
  'stime',
  'clock_settime64',
  'clock_adjtime64',
  'create_module',
]

test('what a container is refused is what an entered network stack is refused', () => {
  const source = readFileSync(join(import.meta.dirname, '../../../kernel/trellis/seccomp.c'), 'utf8')
  const list = /static const uint32_t refused\[\] = \{(.*?)\n\};/s.exec(source)?.[1]?.replace(/\/\*.*?\*\//gs, '') ?? ''
  // "SYS__sysctl" is "_sysctl"; newer calls stand there by a name of our own.
  const words = list.split(',').flatMap((word) => /^\s*(?:SYS_)?(\w+)\s*$/.exec(word)?.[1] ?? [])
  const refused = words.map((word) => word.toLowerCase()).toSorted()
  expect(refused.length).toBeGreaterThan(50)
  expect(refused).toEqual(REFUSED.filter((name) => !OTHERS.includes(name)).toSorted())
})

import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

// Three kinds of tests, told apart by the file's name, so that each machine runs what it can:
//   *.test.ts       pure: no root, no database
//   *.db.test.ts    against a real Postgres, one database cloned from a template for each file
//   *.root.test.ts  in real namespaces with the real kernel; each file makes its own and removes them
/** Of the tests of the kernel those that take long and measure nothing. */
const LONG = ['kernel/tests/fuzz.root.test.ts', 'kernel/tests/interop.root.test.ts']
const NEVER = ['**/node_modules/**', '**/dist/**', '**/.next/**']
const shared = { globals: false, passWithNoTests: true }
/** Files beside each other, also where there are only two processors: much of their time is spent waiting. */
const beside = { maxWorkers: Math.max(2, availableParallelism() - 1), sequence: { groupOrder: 0 } }

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared,
          name: 'pure',
          ...beside,
          // Properties over hundreds of random cases, on machines that do other things as well.
          testTimeout: 60_000,
          include: ['{apps,packages,kernel,scripts}/**/*.test.{ts,tsx}'],
          exclude: [...NEVER, '**/*.db.test.ts', '**/*.root.test.ts'],
        },
      },
      {
        test: {
          ...shared,
          name: 'db',
          ...beside,
          include: ['{apps,packages}/**/*.db.test.ts'],
          exclude: NEVER,
          globalSetup: ['packages/testkit/postgres-setup.ts'],
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          ...shared,
          name: 'root',
          // One file at a time, when nothing else runs: what is promised (rates, shares, delays) is measured here.
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
          include: ['{apps,packages,kernel,scripts}/**/*.root.test.ts'],
          exclude: [...NEVER, ...LONG],
          globalSetup: ['packages/testkit/postgres-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: { ...shared, name: 'root-long', ...beside, include: LONG, testTimeout: 60_000, hookTimeout: 60_000 },
      },
    ],
  },
})

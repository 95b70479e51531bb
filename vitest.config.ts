import { defineConfig } from 'vitest/config'

// Three kinds of tests, told apart by the file's name, so that each machine runs what it can:
//   *.test.ts       pure: no root, no database
//   *.db.test.ts    against a real Postgres, one database cloned from a template for each file
//   *.root.test.ts  in real namespaces with the real kernel; each file makes its own and removes them
const shared = { globals: false, passWithNoTests: true }

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared,
          name: 'pure',
          // Properties over hundreds of random cases, on machines that do other things as well.
          testTimeout: 60_000,
          include: ['{apps,packages,kernel,scripts}/**/*.test.{ts,tsx}'],
          exclude: ['**/node_modules/**', '**/dist/**', '**/.next/**', '**/*.db.test.ts', '**/*.root.test.ts'],
        },
      },
      {
        test: {
          ...shared,
          name: 'db',
          include: ['{apps,packages}/**/*.db.test.ts'],
          exclude: ['**/node_modules/**', '**/dist/**', '**/.next/**'],
          globalSetup: ['packages/testkit/postgres-setup.ts'],
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          ...shared,
          name: 'root',
          include: ['{apps,packages,kernel,scripts}/**/*.root.test.ts'],
          exclude: ['**/node_modules/**', '**/dist/**', '**/.next/**'],
          globalSetup: ['packages/testkit/postgres-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})

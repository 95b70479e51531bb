import { defineConfig } from '@playwright/test'

const report = process.env.MYVINI_E2E_REPORT

// A real browser against the real thing: an installation of its own with its substrate in a box. A test that passes only
// when tried again is broken, so none is tried again.
export default defineConfig({
  testDir: 'journeys',
  outputDir: 'test-results',
  globalSetup: './set-up.ts',
  fullyParallel: false,
  workers: 2,
  retries: 0,
  forbidOnly: true,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: report === undefined ? [['list']] : [['list'], ['json', { outputFile: report }]],
  use: {
    actionTimeout: 15_000,
    viewport: { width: 1440, height: 900 },
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    permissions: ['clipboard-read', 'clipboard-write'],
    launchOptions: {
      executablePath: process.env.MYVINI_CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox', // the tests run as root, where Chromium has none
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
})

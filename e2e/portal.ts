// What every journey does: come in as somebody, and be told of whatever the browser complains about.
import { test as base, expect, type Page } from '@playwright/test'

/** The logins that come with the box; their passwords are `<role>-demo`. */
export type SeededLogin = 'researcher' | 'admin' | 'instructor'

export const portalUrl = (path: string): string => {
  const base = process.env.MYVINI_E2E_URL
  if (base === undefined) throw new Error('MYVINI_E2E_URL is not set; the set-up does that')
  return new URL(path, base).href
}

export async function signIn(page: Page, login: SeededLogin): Promise<void> {
  await page.goto(portalUrl('/sign-in'))
  await page.getByLabel('E-mail').fill(`${login}@myvini.test`)
  await page.getByLabel('Password').fill(`${login}-demo`)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'))
}

/** A name that no earlier run on the same installation has taken. */
export const fresh = (name: string): string => `${name} ${Date.now().toString(36)}`

/** What fails by itself when the network or a page goes away: no fault of the portal's. */
const NO_FAULT = [/net::ERR_(ABORTED|NETWORK_CHANGED)/]

/** A test whose pages may neither throw nor log an error. */
export const test = base.extend<{ complaints: string[] }>({
  complaints: [
    async ({ context }, use) => {
      const complaints: string[] = []
      const hear = (text: string) => {
        if (!NO_FAULT.some((pattern) => pattern.test(text))) complaints.push(text)
      }
      context.on('weberror', (error) => hear(error.error().message))
      context.on('console', (message) => {
        if (message.type() === 'error') hear(`${message.text()} (${message.location().url})`)
      })
      await use(complaints)
      expect(complaints, 'errors in the browser').toEqual([])
    },
    { auto: true },
  ],
})

export { expect }

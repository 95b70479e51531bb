// What axe finds on a page is a failure like any other.
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { expect, type Page } from '@playwright/test'
import type axe from 'axe-core'

const SCRIPT = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

declare global {
  interface Window {
    axe: typeof axe
  }
}

export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(await readFile(SCRIPT, 'utf8'))
  const found = await page.evaluate(
    async (rules) => (await window.axe.run(document, { runOnly: rules })).violations,
    RULES,
  )
  const told = found.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`)
  expect.soft(told, `accessibility of ${page.url()}`).toEqual([])
}

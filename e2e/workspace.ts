// The slice page as a person sees it: the drawing, its outline, where the slice stands, and terminals.
import { expect, type Locator, type Page } from '@playwright/test'

/** How long a slice may take to come up or go before a journey gives up; far beyond what it takes. */
const CHANGE_MS = 30_000

export interface Workspace {
  /** Adds a host by dragging it from the palette to a point of the canvas, in pixels from its top left corner. */
  drag(what: 'Host' | 'Router' | 'LAN', x: number, y: number): Promise<void>
  /** Draws a link by dragging from one thing's edge to the other. */
  link(from: string, to: string): Promise<void>
  /** A host, link or LAN by its name in the outline. */
  line(name: string): Locator
  expectState(word: string): Promise<void>
  openTerminal(host: string): Promise<void>
  /** Types a command into the terminal that is open; what it prints is for the caller to look for. */
  type(command: string): Promise<void>
  terminal: Locator
  stop(): Promise<void>
}

export function workspaceOf(page: Page): Workspace {
  const canvas = page.locator('.react-flow')
  const node = (name: string) => page.locator('.react-flow__node', { hasText: name })
  const line = (name: string) =>
    page.getByRole('region', { name: 'Outline' }).getByRole('button', { name, exact: true })
  const terminal = page.locator('[role=tabpanel]:not([hidden]) .xterm-rows')
  const expectState = (word: string) =>
    expect(page.getByRole('region', { name: 'The slice' }).getByText(word, { exact: true })).toBeVisible({
      timeout: CHANGE_MS,
    })

  const boxOf = async (locator: Locator) => {
    const box = await locator.boundingBox()
    if (box === null) throw new Error('it is not shown, so it has no place')
    return box
  }
  const dragBetween = async (from: { x: number; y: number }, to: { x: number; y: number }) => {
    await page.mouse.move(from.x, from.y)
    await page.mouse.down()
    await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 5 })
    await page.mouse.move(to.x, to.y, { steps: 5 })
    await page.mouse.up()
  }

  return {
    terminal,
    line,
    expectState,
    async drag(what, x, y) {
      const from = await boxOf(page.getByRole('button', { name: `Add a ${what}` }))
      const to = await boxOf(canvas)
      await dragBetween({ x: from.x + from.width / 2, y: from.y + from.height / 2 }, { x: to.x + x, y: to.y + y })
    },
    async link(from, to) {
      const a = await boxOf(node(from))
      const b = await boxOf(node(to))
      // Just outside of the thing is the ring that links are drawn from.
      await dragBetween({ x: a.x + a.width / 2, y: a.y - 6 }, { x: b.x + b.width / 2, y: b.y + b.height / 2 })
    },
    async openTerminal(host) {
      await line(host).click()
      await page.getByRole('button', { name: 'Open a terminal' }).click()
      await expect(terminal).toContainText(`root@${host}`)
    },
    async type(command) {
      await page.locator('[role=tabpanel]:not([hidden]) .xterm-helper-textarea').focus()
      await page.keyboard.type(`${command}\n`)
    },
    async stop() {
      await page.getByRole('button', { name: 'Stop', exact: true }).click()
      await page.getByRole('button', { name: 'Stop now' }).click()
      await expectState('Ended')
    },
  }
}

// A drawing grows until it no longer fits; the reason is read, the offered window taken, and it starts on time.
import type { Page } from '@playwright/test'
import { expectAccessible } from '../accessibility'
import { occupy } from '../occupant'
import { expect, fresh, portalUrl, signIn, test } from '../portal'
import { workspaceOf } from '../workspace'

/** From the start of its window until a slice of two routers runs; far beyond what it takes. */
const START_MS = 45_000

async function newSlice(page: Page, name: string): Promise<void> {
  await page.goto(portalUrl('/slices'))
  await page.getByRole('button', { name: 'New slice' }).first().click()
  const panel = page.getByRole('complementary', { name: 'New slice' })
  await panel.getByLabel('Name').fill(name)
  await panel.getByRole('button', { name: /^Empty/ }).click()
  await page.waitForURL(/\/slices\/.+/)
}

const answerOf = (page: Page) => page.getByRole('region', { name: 'Does it fit?' })

async function pin(page: Page, host: string, node: string): Promise<void> {
  await workspaceOf(page).line(host).click()
  await page.getByLabel('Runs on').selectOption({ label: node })
}

async function setCapacity(page: Page, link: string, mbps: number): Promise<void> {
  await workspaceOf(page).line(link).click()
  const field = page.getByRole('textbox', { name: 'Capacity' })
  await field.fill(String(mbps))
  await field.press('Enter')
}

test('draw until it no longer fits, take the offered window, see it start on time', async ({ page }) => {
  test.setTimeout(240_000)
  await signIn(page, 'researcher')
  const workspace = workspaceOf(page)
  const endsAt = await test.step('others hold both links of chicago for a while', () =>
    occupy(page, { around: 'chicago-1', neighbours: ['newyork-1', 'houston-1'], mbps: 500, seconds: 100 }))

  await test.step('a small drawing fits now', async () => {
    await newSlice(page, fresh('Promise'))
    await workspace.drag('Router', 180, 320)
    await workspace.drag('Router', 480, 320)
    await workspace.link('r1', 'r2')
    await expect(answerOf(page).getByText(/^Fits now/)).toBeVisible()
    await pin(page, 'r1', 'chicago-1')
    await pin(page, 'r2', 'newyork-1')
    await expect(answerOf(page).getByText(/^Fits now/)).toBeVisible()
  })

  await test.step('a larger one does not: why, in words, on the canvas and on the substrate', async () => {
    await setCapacity(page, 'r1–r2', 700)
    await expect(answerOf(page).getByText(/^Fits from/)).toBeVisible()
    await expect(answerOf(page).getByText(/r1–r2 wants 700 Mbit\/s.*at most \d+ left/)).toBeVisible()
    await expect(page.locator('.mv-link[data-problem=error]')).toHaveCount(1)
    await answerOf(page).getByRole('button', { name: 'On the substrate' }).click()
    await expect(page.locator('[data-narrow]').first()).toBeVisible()
    await expectAccessible(page)
  })

  await test.step('the smallest change is one click, and one undo', async () => {
    await answerOf(page)
      .getByRole('button', { name: /^Lower r1–r2 to \d+/ })
      .click()
    await expect(answerOf(page).getByText(/^Fits now/)).toBeVisible()
    await page.locator('.react-flow__pane').click({ position: { x: 40, y: 400 } })
    await page.keyboard.press('Control+z')
    await expect(answerOf(page).getByText(/^Fits from/)).toBeVisible()
  })

  await test.step('the offered window is one click, and it starts on time', async () => {
    await answerOf(page)
      .getByRole('button', { name: /^Take / })
      .click()
    await workspace.expectState('Scheduled')
    await expect(page.getByText(/Starts .*, in /)).toBeVisible()
    const bar = page.getByRole('region', { name: 'The slice' })
    await expect(bar.getByText('Running', { exact: true })).toBeVisible({
      timeout: endsAt - Date.now() + START_MS,
    })
    expect(Date.now()).toBeGreaterThanOrEqual(endsAt)
  })

  await test.step('it is given more time, and then given back early', async () => {
    await page.getByRole('button', { name: 'Extend' }).click()
    const window = page.getByRole('dialog', { name: 'More time, or less' })
    await window.getByRole('button', { name: '+ 30 min' }).click()
    await expect(page.getByText(/2 h \d+ min left/)).toBeVisible()
    await page.getByRole('button', { name: 'Extend' }).click()
    await window.getByRole('button', { name: 'In 30 min' }).click()
    await expect(page.getByText(/(29|30) min left/)).toBeVisible()
    await workspace.stop()
  })
})

test('a window is chosen on the calendar, by mouse and by keyboard', async ({ page }) => {
  await signIn(page, 'researcher')
  const name = fresh('Calendar')
  await newSlice(page, name)
  const workspace = workspaceOf(page)
  await workspace.drag('Router', 180, 320)
  await expect(answerOf(page).getByText(/^Fits now/)).toBeVisible()
  await expect(page.getByText(/Saved \d/)).toBeVisible()

  await page.goto(portalUrl('/calendar'))
  const chart = page.getByRole('group', { name: /^Calendar\. Window/ })
  const whose = page.getByLabel('When fits')
  await expect(chart).toBeVisible()
  await whose.focus()
  await whose.selectOption({ label: name })
  const chosen = page.getByRole('region', { name: 'The chosen window' })
  await expect(page.getByRole('button', { name: `Book ${name} then…` })).toBeVisible()
  await expect(whose, 'the calendar is drawn anew instead of changed').toBeFocused()
  const box = await chart.boundingBox()
  if (box === null) throw new Error('the calendar is not shown')
  await page.mouse.move(box.x + box.width * 0.5, box.y + 100)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width * 0.53, box.y + 100, { steps: 4 })
  await page.mouse.up()
  await expect(chosen.getByText(/^Fits /)).toBeVisible()
  await expectAccessible(page)

  const before = await chosen.locator('p').first().textContent()
  await chart.focus()
  await page.keyboard.press('ArrowRight')
  await expect(chosen.locator('p').first()).not.toHaveText(before ?? '')
  await page.keyboard.press('ArrowLeft')
  await expect(chosen.locator('p').first()).toHaveText(before ?? '')
  await page.getByRole('slider', { name: 'End of the window' }).focus()
  await page.keyboard.press('ArrowRight')
  await expect(chosen.locator('p').first()).not.toHaveText(before ?? '')

  await chart.focus()
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/slices\/.+panel=book/)
  await page
    .getByRole('complementary', { name: 'Book this slice' })
    .getByRole('button', { name: 'Book', exact: true })
    .click()
  await workspace.expectState('Scheduled')
  await page.goto(portalUrl('/calendar'))
  await expect(page.getByRole('link', { name: new RegExp(`^${name}`) })).toBeVisible()
})

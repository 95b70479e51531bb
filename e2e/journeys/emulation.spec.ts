// A bad link: drawn bad, booked, felt in a ping, and made better while it runs without booking again.
import { expectAccessible } from '../accessibility'
import { expect, fresh, portalUrl, signIn, test } from '../portal'
import { workspaceOf } from '../workspace'

test('a researcher makes a link slow, and changes it while the slice runs', async ({ page }) => {
  const workspace = workspaceOf(page)
  await signIn(page, 'researcher')
  await page.goto(portalUrl('/slices'))
  await page.getByRole('button', { name: 'New slice' }).first().click()
  const panel = page.getByRole('complementary', { name: 'New slice' })
  await panel.getByLabel('Name').fill(fresh('A bad link'))
  await panel.getByRole('button', { name: /^Empty/ }).click()
  await page.waitForURL(/\/slices\/.+/)
  await workspace.drag('Host', 120, 300)
  await workspace.drag('Host', 520, 300)
  await workspace.link('h1', 'h2')
  const link = workspace.line('h1–h2').or(workspace.line('h2–h1'))
  await link.click()
  const delay = page.getByLabel('Delay', { exact: true })

  await test.step('draws it bad: a preset, then settings of its own', async () => {
    await page.getByLabel('Like').selectOption('satellite')
    await expect(delay).toHaveValue('270')
    await page.getByLabel('Like').selectOption('none')
    await delay.fill('40')
    await expect(page.locator('.mv-link-emulation')).toHaveText('40 ms')
    await page
      .getByRole('radio', { name: /→ h[12]/ })
      .first()
      .click()
    await page.getByLabel('Follows a trace').selectOption('lte-drive')
    await expect(page.getByRole('figure')).toContainText('60 s')
    await expectAccessible(page)
    await page.getByRole('button', { name: /Follow LTE.* no longer/ }).click()
    await expect(page.locator('.mv-link-emulation')).toHaveText('40 ms')
  })

  // The distance between the box's servers comes on top, up to 25 ms each way.
  await test.step('books it and feels the delay', async () => {
    await expect(page.getByRole('status').getByText('Saved')).toBeVisible()
    await page.getByRole('button', { name: 'Book…' }).click()
    const booking = page.getByRole('complementary', { name: 'Book this slice' })
    await booking.getByRole('button', { name: 'Book', exact: true }).click()
    await workspace.expectState('Running')
    await workspace.openTerminal('h1')
    await workspace.type('ping -c 3 -i 0.3 h2')
    await expect(workspace.terminal).toContainText(/min\/avg\/max\/mdev = (8\d|9\d|1[0-3]\d)\./)
  })

  await test.step('changes it where it runs, at once', async () => {
    await link.click()
    await expect(page.getByText('takes effect at once')).toBeVisible()
    await delay.fill('3')
    await expect(page.locator('.mv-link-emulation')).toHaveText('3 ms')
    await expect(page.getByText('takes effect at once')).toBeVisible()
    await expect(async () => {
      await workspace.type('clear; ping -c 3 -i 0.3 h2')
      await expect(workspace.terminal).toContainText(/min\/avg\/max\/mdev = ([6-9]|[1-5]\d)\./, { timeout: 3000 })
    }).toPass({ timeout: 20_000 })
    await page.getByRole('switch', { name: 'Down: nothing arrives' }).click()
    await expect(page.locator('.mv-link[data-down]')).toBeVisible()
    await expect(async () => {
      await workspace.type('clear; ping -c 2 -i 0.3 -W 1 h2')
      await expect(workspace.terminal).toContainText('100% packet loss', { timeout: 4000 })
    }).toPass({ timeout: 20_000 })
    await expectAccessible(page)
  })

  await workspace.stop()
})

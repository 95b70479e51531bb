// What goes beyond the policy waits for an admin, who sees what it would do before deciding.
import type { Browser, Page } from '@playwright/test'
import { expectAccessible } from '../accessibility'
import { expect, fresh, portalUrl, signIn, test } from '../portal'
import { workspaceOf } from '../workspace'

const REASON = 'OSPF convergence, as in the paper.'

/** A booking of more hosts and hours than are approved at once. */
async function requestAbilene(page: Page, name: string): Promise<void> {
  await page.goto(portalUrl('/slices'))
  await page.getByRole('button', { name: 'New slice' }).first().click()
  const panel = page.getByRole('complementary', { name: 'New slice' })
  await panel.getByLabel('Name').fill(name)
  await panel.getByRole('button', { name: /^Abilene backbone/ }).click()
  await page.waitForURL(/\/slices\/.+/)
  await page.getByRole('button', { name: 'Book…' }).click()
  const booking = page.getByRole('complementary', { name: 'Book this slice' })
  await booking.getByRole('button', { name: '1 day' }).click()
  await booking.getByRole('button', { name: 'Request' }).click()
  await expect(booking.getByText('Say in a few words what you need it for.')).toBeVisible()
  await booking.getByLabel('Reason').fill(REASON)
  await booking.getByRole('button', { name: 'Request' }).click()
  await workspaceOf(page).expectState('Requested')
}

async function asResearcher(browser: Browser): Promise<Page> {
  const context = await browser.newContext()
  const page = await context.newPage()
  await signIn(page, 'researcher')
  return page
}

test('an admin decides requests and sees the substrate', async ({ page, browser }) => {
  const researcher = await asResearcher(browser)
  const [wanted, unwanted] = [fresh('Wanted Abilene'), fresh('Unwanted Abilene')]
  await requestAbilene(researcher, wanted)

  await test.step('approves, having seen the reason and the effect', async () => {
    await signIn(page, 'admin')
    await page.goto(portalUrl('/approvals'))
    await page.getByRole('row', { name: wanted }).click()
    const panel = page.getByRole('complementary', { name: wanted })
    await expect(panel.getByText(REASON)).toBeVisible()
    await expect(
      panel.locator('svg text', { hasText: /chicago-1|newyork-1|atlanta-1|houston-1/ }).first(),
    ).toBeVisible()
    await expectAccessible(page)
    await panel.getByRole('button', { name: 'Approve' }).click()
    await workspaceOf(researcher).expectState('Running')
  })

  await test.step('opens a terminal in it and pings over the backbone', async () => {
    await page.goto(researcher.url().replace(/\?.*/, ''))
    const workspace = workspaceOf(page)
    await workspace.openTerminal('seattle')
    await workspace.type('ping -c 2 losangeles')
    await expect(workspace.terminal).toContainText(' 0% packet loss')
  })

  await test.step('sees what the nodes carry', async () => {
    await page.goto(portalUrl('/substrate'))
    await expect(page.getByText('Healthy')).toHaveCount(4)
    const hosted = await page.getByRole('cell', { name: /\d+ of 400/ }).allInnerTexts()
    expect(hosted.map((text) => Number.parseInt(text, 10)).reduce((a, b) => a + b, 0)).toBeGreaterThanOrEqual(11)
    await expectAccessible(page)
  })

  await test.step('denies another with a reason, which the researcher reads', async () => {
    await workspaceOf(researcher).stop()
    await requestAbilene(researcher, unwanted)
    await page.goto(portalUrl('/approvals'))
    await page.getByRole('row', { name: unwanted }).click()
    const panel = page.getByRole('complementary', { name: unwanted })
    await panel.getByRole('button', { name: 'Deny' }).click()
    await expect(panel.getByText(/reason|why/i).first()).toBeVisible()
    await panel.getByLabel('Answer').fill('The class needs the nodes on that day.')
    await panel.getByRole('button', { name: 'Deny' }).click()
    await workspaceOf(researcher).expectState('Denied')
    await expect(researcher.getByText('The class needs the nodes on that day.')).toBeVisible()
  })
  await researcher.context().close()
})

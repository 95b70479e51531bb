// How packets go: wished in the drawing, seen at each link of what runs, and looked at one by one.
import { execFileSync } from 'node:child_process'
import { expectAccessible } from '../accessibility'
import { expect, fresh, portalUrl, signIn, test } from '../portal'
import { workspaceOf } from '../workspace'

test('a researcher chooses how routers forward, sees how they do, and captures what passes', async ({ page }) => {
  test.setTimeout(240_000) // a whole slice, two captures, five looks by axe: minutes on a busy machine
  const workspace = workspaceOf(page)
  await signIn(page, 'researcher')
  await page.goto(portalUrl('/slices'))
  await page.getByRole('button', { name: 'New slice' }).first().click()
  const panel = page.getByRole('complementary', { name: 'New slice' })
  await panel.getByLabel('Name').fill(fresh('Packets'))
  await panel.getByRole('button', { name: /^Empty/ }).click()
  await page.waitForURL(/\/slices\/.+/)
  await workspace.drag('Host', 120, 260)
  await workspace.drag('Router', 360, 260)
  await workspace.drag('Host', 600, 260)
  await workspace.link('h1', 'r1')
  await workspace.link('r1', 'h2')
  const link = workspace.line('h1–r1').or(workspace.line('r1–h1'))

  await test.step('wishes in the drawing, with words for what it means', async () => {
    await page.locator('.react-flow__pane').click({ position: { x: 400, y: 60 } })
    const forward = page.getByLabel('Routers forward')
    await expect(forward).toHaveValue('auto')
    await forward.selectOption('tc')
    await expect(page.getByText('Every packet goes through the kernel of its router.')).toBeVisible()
    await expectAccessible(page)
    await expect(page.getByRole('status').getByText('Saved')).toBeVisible()
    await page.reload()
    await expect(page.getByLabel('Routers forward')).toHaveValue('tc')
    await page.getByLabel('Routers forward').selectOption('auto')
    await expect(page.getByRole('status').getByText('Saved')).toBeVisible()
  })

  await test.step('books it', async () => {
    await page.getByRole('button', { name: 'Book…' }).click()
    const booking = page.getByRole('complementary', { name: 'Book this slice' })
    await booking.getByRole('button', { name: 'Book', exact: true }).click()
    await workspace.expectState('Running')
  })

  await test.step('sees at a link how its router really forwards', async () => {
    await link.click()
    await expect(page.getByText('r1 forwards by')).toBeVisible()
    await expect(page.getByText(/past its kernel|before the node’s kernel|^its kernel$/)).toBeVisible()
    await expectAccessible(page)
  })

  const packets = page.getByRole('region', { name: 'Captured packets' })
  const rows = packets.locator('tbody tr')
  const form = page.getByRole('form', { name: 'Capture' })

  await test.step('captures what passes the link', async () => {
    await page.getByRole('tab', { name: 'Capture' }).click()
    await form.getByLabel('Link').selectOption({ label: (await link.textContent()) ?? '' })
    await form.getByRole('button', { name: 'Start' }).click()
    await expect(form.getByRole('status')).toContainText('Capturing')
    await workspace.openTerminal('h1')
    await workspace.type('ping -c 5 -i 0.2 h2')
    await expect(workspace.terminal).toContainText('5 received')
    await page.getByRole('tab', { name: 'Capture' }).click()
    await expect(packets.getByText('ICMP', { exact: true }).nth(9)).toBeVisible() // five there and five back
    await expectAccessible(page)
  })

  await test.step('takes it home as pcapng that others can read', async () => {
    await form.getByRole('button', { name: 'Stop' }).click()
    await expect(form.getByRole('status')).toContainText('Ended')
    const waiting = page.waitForEvent('download')
    await form.getByRole('button', { name: 'Download' }).click()
    const download = await waiting
    expect(download.suggestedFilename()).toMatch(/\.pcapng$/)
    const told = execFileSync('tcpdump', ['-nnr', await download.path(), 'icmp'], { encoding: 'utf8' })
    expect(told.match(/ICMP echo request/g)).toHaveLength(5)
    expect(told.match(/ICMP echo reply/g)).toHaveLength(5)
  })

  await test.step('... or one in so many of a lot', async () => {
    await form.getByLabel('One in').fill('0')
    await expect(form.getByRole('status')).toContainText('every')
    await form.getByLabel('One in').fill('4')
    await form.getByRole('button', { name: 'Start' }).click()
    await expect(form.getByRole('status')).toContainText('Capturing')
    await workspace.openTerminal('h1')
    await workspace.type('clear; ping -c 100 -i 0.02 -q h2')
    await expect(workspace.terminal).toContainText('100 received')
    await page.getByRole('tab', { name: 'Capture' }).click()
    await form.getByRole('button', { name: 'Stop' }).click()
    await expect(form.getByRole('status')).toContainText('Ended')
    // 200 packets: fewer than 15 or more than 100 come by chance less than once in a million runs
    const count = await rows.count()
    expect(count).toBeGreaterThan(15)
    expect(count).toBeLessThan(100)
  })

  await workspace.stop()
})

// Draw it, book it, run it: from the sign-in to a ping in a terminal that outlives a reload.
import { expectAccessible } from '../accessibility'
import { expect, fresh, portalUrl, signIn, test } from '../portal'
import { workspaceOf } from '../workspace'

test('a researcher draws a network, books it, and pings across it', async ({ page }) => {
  const workspace = workspaceOf(page)
  const name = fresh('Ping across a router')
  await signIn(page, 'researcher')
  await expectAccessible(page)
  await page.getByRole('button', { name: 'New slice' }).first().click()
  const panel = page.getByRole('complementary', { name: 'New slice' })
  await panel.getByLabel('Name').fill(name)
  await panel.getByRole('button', { name: /^Empty/ }).click()
  await page.waitForURL(/\/slices\/.+/)

  await test.step('draws', async () => {
    await workspace.drag('Host', 120, 300)
    await workspace.drag('Router', 340, 150)
    await workspace.drag('Host', 560, 300)
    await workspace.link('h1', 'r1')
    await workspace.link('r1', 'h2')
    await expect(workspace.line('h1–r1').or(workspace.line('r1–h1'))).toBeVisible()
    await expect(page.locator('.react-flow__edge')).toHaveCount(2)
  })

  await test.step('is told what is wrong while drawing, and takes it back', async () => {
    await workspace.line('h2').click()
    const hostName = page.locator('#inspector-name')
    await hostName.fill('web server')
    await expect(page.locator('#inspector-name-error')).toContainText('DNS')
    await hostName.fill('web')
    await expect(workspace.line('web')).toBeVisible()
  })

  await test.step('finds it as it was after a reload', async () => {
    await expect(page.getByRole('status').getByText('Saved')).toBeVisible()
    await page.reload()
    await expect(workspace.line('web')).toBeVisible()
    await expect(page.locator('.react-flow__edge')).toHaveCount(2)
  })

  await test.step('brings the drawing back into view, also while something is selected', async () => {
    await workspace.line('web').click()
    await page.getByRole('button', { name: 'Zoom in' }).click({ clickCount: 6, delay: 150 })
    await expect(page.locator('.react-flow__node').first()).not.toBeInViewport({ ratio: 1 })
    await page.getByRole('button', { name: 'Fit to the window' }).click()
    for (const node of await page.locator('.react-flow__node').all()) await expect(node).toBeInViewport({ ratio: 1 })
  })

  await test.step('books', async () => {
    await page.getByRole('button', { name: 'Book…' }).click()
    const booking = page.getByRole('complementary', { name: 'Book this slice' })
    await expect(booking.getByText('Within the policy: approved at once.')).toBeVisible()
    await expectAccessible(page)
    await booking.getByRole('button', { name: 'Book', exact: true }).click()
    await workspace.expectState('Running')
  })

  await test.step('pings', async () => {
    await workspace.openTerminal('h1')
    await workspace.type('ping -c 3 web')
    await expect(workspace.terminal).toContainText('3 packets transmitted, 3 received, 0% packet loss')
    await expectAccessible(page)
  })

  await test.step('finds the terminal again after a reload', async () => {
    await workspace.type('kept=yes')
    await page.reload()
    await expect(workspace.terminal).toContainText('0% packet loss')
    await workspace.type('echo it was $kept')
    await expect(workspace.terminal).toContainText('it was yes')
  })

  await test.step('stops and deletes', async () => {
    await workspace.stop()
    await page.goto(portalUrl('/slices'))
    await expect(page.getByRole('link', { name })).toBeVisible()
  })
})

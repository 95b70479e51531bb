// What a researcher breaks is put right and told; what is on the hosts' disks is kept, and another slice starts from it.
import { NO_CONTAINERS } from '@myvini/testkit/no-containers'
import { expectAccessible } from '../accessibility'
import { expect, fresh, portalUrl, signIn, test } from '../portal'
import { workspaceOf } from '../workspace'

/** Reading, checking and packing two hosts, on a machine that does other things as well. */
const SAVE_MS = 120_000

test('a broken interface is put back and told; a slice is saved with its hosts’ files and started anew from them', async ({
  page,
}) => {
  test.setTimeout(300_000)
  // Only containers have files of their own to keep.
  test.skip(NO_CONTAINERS !== null, NO_CONTAINERS ?? '')
  const workspace = workspaceOf(page)
  const name = fresh('War at home')
  const saved = fresh('Kept')
  await signIn(page, 'researcher')
  await page.getByRole('button', { name: 'New slice' }).first().click()
  const panel = page.getByRole('complementary', { name: 'New slice' })
  await panel.getByLabel('Name').fill(name)
  await panel.getByRole('button', { name: /^Empty/ }).click()
  await page.waitForURL(/\/slices\/.+/)

  const book = async () => {
    await page.getByRole('button', { name: 'Book…' }).click()
    const booking = page.getByRole('complementary', { name: 'Book this slice' })
    await booking.getByRole('button', { name: 'Book', exact: true }).click()
    await workspace.expectState('Running')
  }

  await test.step('draws two containers and books them', async () => {
    await workspace.drag('Host', 120, 200)
    await workspace.drag('Host', 460, 200)
    await workspace.link('h1', 'h2')
    for (const host of ['h1', 'h2']) {
      await workspace.line(host).click()
      await page.getByRole('radio', { name: 'vserver' }).click()
    }
    await expect(page.getByRole('status').getByText('Saved')).toBeVisible()
    await book()
  })

  await test.step('deletes an interface from inside, twice, and reads in the events that it was put back', async () => {
    await workspace.openTerminal('h1')
    await workspace.type('echo kept > /root/note; ip link delete eth0')
    await page.getByRole('tab', { name: 'Events' }).click()
    const line = page.getByRole('button', { name: /^h1’s eth0 had been removed from inside; it was put back/ })
    await expect(line).toBeVisible({ timeout: 30_000 })
    await page.getByRole('tab', { name: 'h1' }).click()
    await workspace.type('ip link delete eth0')
    await page.getByRole('tab', { name: 'Events' }).click()
    await expect(line).toContainText('2 times', { timeout: 30_000 }) // live: nothing is reloaded
    await line.click()
    await expect(page.locator('#inspector-name')).toHaveValue('h1')
    await expectAccessible(page)
  })

  await test.step('saves the slice with the files of its hosts', async () => {
    await page.getByRole('button', { name: 'More about this slice' }).click()
    await page.getByRole('menuitem', { name: 'Save with its hosts’ files…' }).click()
    const saving = page.getByRole('complementary', { name: 'Save with its hosts’ files' })
    await saving.getByLabel('Name').fill(saved)
    await expectAccessible(page)
    await saving.getByRole('button', { name: 'Save', exact: true }).click()
    await page.waitForURL(/\/templates/)
    await expect(page.getByRole('button', { name: `Use ${saved}` })).toBeVisible({ timeout: SAVE_MS })
    await expectAccessible(page)
  })

  await test.step('starts another slice from it, whose host has the file', async () => {
    await page.getByRole('button', { name: `Use ${saved}` }).click()
    await page.waitForURL(/\/slices\/.+/)
    await book()
    await workspace.openTerminal('h1')
    await workspace.type('cat /root/note')
    await expect(workspace.terminal).toContainText('kept')
  })

  await test.step('may delete it only when nothing starts from it', async () => {
    const slice = page.url()
    await page.goto(portalUrl('/templates'))
    const remove = page.getByRole('button', { name: `Delete ${saved}` })
    await remove.click()
    await expect(page.getByText(/is in the drawing of a reservation that is not over/)).toBeVisible()
    await page.goto(slice)
    await workspace.stop()
    await page.goto(portalUrl('/templates'))
    await remove.click()
    await expect(page.getByRole('heading', { name: saved })).toBeHidden()
  })
})

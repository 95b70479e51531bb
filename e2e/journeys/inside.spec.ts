// Commands and files: one command on all hosts, a file to all of them and back, the same to the last bit.
import { createHash, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { expectAccessible } from '../accessibility'
import { expect, fresh, portalUrl, signIn, test } from '../portal'
import { workspaceOf } from '../workspace'

const sha = (data: Buffer) => createHash('sha256').update(data).digest('hex')

test('a researcher runs a command on all hosts, and brings a file in and out', async ({ page }) => {
  const workspace = workspaceOf(page)
  await signIn(page, 'researcher')
  await page.goto(portalUrl('/slices'))
  await page.getByRole('button', { name: 'New slice' }).first().click()
  const panel = page.getByRole('complementary', { name: 'New slice' })
  await panel.getByLabel('Name').fill(fresh('Run on all'))
  await panel.getByRole('button', { name: /^Empty/ }).click()
  await page.waitForURL(/\/slices\/.+/)
  await workspace.drag('Host', 120, 200)
  await workspace.drag('Router', 420, 200)
  await workspace.link('h1', 'r1')
  await page.getByRole('tab', { name: 'Run' }).click()
  await expect(page.getByText('None is up now.')).toBeVisible()
  await expect(page.getByRole('status').getByText('Saved')).toBeVisible()
  await page.getByRole('button', { name: 'Book…' }).click()
  const booking = page.getByRole('complementary', { name: 'Book this slice' })
  await booking.getByRole('button', { name: 'Book', exact: true }).click()
  await workspace.expectState('Running')
  await page.keyboard.press('Escape')

  const results = page.getByRole('region', { name: 'Results by host' })
  const row = (host: string) => results.getByRole('row', { name: host })
  const command = page.getByLabel(/^Command/)

  await test.step('runs a command on all hosts and sees how each ended', async () => {
    await page.getByLabel('On', { exact: true }).selectOption('all')
    await command.fill('echo "I am $(hostname)"; [ $(hostname) = h1 ]')
    await command.press('Control+Enter')
    await expect(row('h1')).toContainText('exit 0')
    await expect(row('r1')).toContainText('exit 1')
    await expect(row('r1')).toContainText('I am r1')
    await expect(page.getByText('1 ended well, 1 ended with an error')).toBeVisible()
    await row('r1').getByRole('button').click()
    await expect(results.locator('pre')).toHaveText('I am r1\n')
    await expectAccessible(page)
    const waiting = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Download', exact: true }).click()
    const text = await readFile(await (await waiting).path(), 'utf8')
    expect(text).toMatch(/^\$ echo .*\n--- h1: exit 0, \d+ ms\nI am h1\n--- r1: exit 1, \d+ ms\nI am r1\n$/)
  })

  await test.step('cancels one, and finds an earlier one again', async () => {
    await command.fill('sleep 600')
    await command.press('Control+Enter')
    await expect(row('h1')).toContainText('running')
    await page.getByRole('button', { name: 'Cancel', exact: true }).click()
    await expect(row('h1')).toContainText('cancelled')
    await command.press('Alt+ArrowUp')
    await command.press('Alt+ArrowUp')
    await expect(command).toHaveValue(/I am/)
  })

  const content = randomBytes(3_000_000)
  const file = { name: 'träce 1.bin', mimeType: 'application/octet-stream', buffer: content }

  await test.step('brings a file to all hosts', async () => {
    await page.getByRole('tab', { name: 'Files' }).click()
    await expect(page.getByText('The folder is empty.')).toBeVisible()
    await page.getByLabel('Upload to').selectOption('all')
    await page.getByLabel('Files to upload').setInputFiles(file)
    const uploads = page.getByRole('list', { name: 'Uploads' })
    await expect(uploads.getByRole('listitem').filter({ hasText: 'h1' })).toContainText('done')
    await expect(uploads.getByRole('listitem').filter({ hasText: 'r1' })).toContainText('done')
    await expectAccessible(page)
  })

  await test.step('is asked before it is overwritten', async () => {
    await page.getByLabel('Upload to').selectOption('one')
    await page.getByLabel('Files to upload').setInputFiles(file)
    const asked = page.getByRole('list', { name: 'Uploads' }).getByRole('listitem').filter({ hasText: 'already' })
    await asked.getByRole('button', { name: 'Overwrite' }).click()
    await expect(asked).toHaveCount(0)
  })

  await test.step('brings it back, the same to the last bit', async () => {
    await page.getByLabel('Host', { exact: true }).selectOption({ label: 'r1' })
    const waiting = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Download träce 1.bin' }).click()
    const download = await waiting
    expect(download.suggestedFilename()).toBe('träce 1.bin')
    expect(sha(await readFile(await download.path()))).toBe(sha(content))
    await page.getByRole('textbox', { name: 'Folder' }).fill('/root/../etc')
    await expect(page.getByText('goes up by ".."')).toBeVisible()
    await page.getByRole('textbox', { name: 'Folder' }).fill('/etc')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('link', { name: 'Download hosts', exact: true })).toBeVisible()
  })
  await workspace.stop()
})

// A class list, one action, and every student has a network of their own, and sees no other.
import { readFile } from 'node:fs/promises'
import { expectAccessible } from '../accessibility'
import { expect, portalUrl, signIn, test } from '../portal'
import { workspaceOf } from '../workspace'

const TAG = Date.now().toString(36)
const LINUS = `linus.${TAG}@example.org`
const CLASS = `name,email\nLinus Student,${LINUS}\n"Lovelace, Ada",ada.${TAG}@example.org\nBroken Line,not-an-address\n`

/** The links as the instructor hands them out: a file with the columns name, email, link. */
const linkOf = (csv: string, email: string): string => {
  const line = csv.split(/\r?\n/).find((l) => l.includes(email))
  const link = line?.match(/https?:[^",]+/)?.[0]
  if (link === undefined) throw new Error(`no link for ${email} in\n${csv}`)
  return link
}

test('an instructor runs a lab for a class', async ({ page, browser }) => {
  await signIn(page, 'instructor')
  await page.goto(portalUrl('/courses'))
  await page.getByRole('button', { name: 'New course' }).first().click()
  await page.getByRole('complementary', { name: 'New course' }).getByLabel('Name').fill('Computer Networks')
  await page.getByRole('button', { name: 'Make the course' }).click()
  await page.waitForURL(/\/courses\/[^/?]+/)

  const invitations = await test.step('gives the class list as a file', async () => {
    await page.getByRole('button', { name: 'Add students' }).first().click()
    await page
      .getByLabel('Class list as a file')
      .setInputFiles({ name: 'class.csv', mimeType: 'text/csv', buffer: Buffer.from(CLASS) })
    const panel = page.getByRole('complementary', { name: 'Add students' })
    await expect(panel.getByText('2 students, 1 line to mend')).toBeVisible()
    await expectAccessible(page)
    await panel.getByRole('button', { name: 'Add 2 students' }).click()
    const downloading = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Download as CSV' }).click()
    const path = await (await downloading).path()
    await page.getByRole('button', { name: 'Done' }).click()
    return readFile(path, 'utf8')
  })

  await test.step('makes a lab of a template and starts it for all', async () => {
    await page.getByRole('button', { name: 'New lab' }).first().click()
    const panel = page.getByRole('complementary', { name: 'New lab' })
    await panel.getByLabel('Name').fill('Static routing')
    await panel.getByRole('button', { name: 'Two routers and four hosts' }).click()
    await panel.getByRole('button', { name: 'Make the lab' }).click()
    await page.waitForURL(/\/labs\/.+/)
    await page.getByRole('button', { name: 'Start for all' }).click()
    await page
      .getByRole('complementary', { name: 'Start the lab' })
      .getByRole('button', { name: 'Start 2 slices' })
      .click()
    await expect(page.getByRole('row', { name: /Student|Lovelace/ }).getByText('Running')).toHaveCount(2, {
      timeout: 30_000,
    })
    await expectAccessible(page)
  })

  const lab = page.url().split('?')[0] ?? ''
  await test.step('has terminals recorded', async () => {
    await page.getByRole('link', { name: 'Recordings' }).click()
    await expect(page.getByText('Nothing is recorded yet')).toBeVisible()
    await page.getByRole('switch', { name: 'Record terminals' }).click()
    await expect(page.getByRole('switch', { name: 'Record terminals' })).toBeChecked()
    await expectAccessible(page)
    await page.goto(lab)
    await expect(page.getByRole('link', { name: 'Recordings (on)' })).toBeVisible()
  })

  await test.step('a student joins, sees one slice only, and pings in it', async () => {
    const context = await browser.newContext()
    const student = await context.newPage()
    await student.goto(linkOf(invitations, LINUS))
    await student.getByLabel('Password').fill('a password of mine')
    await student.getByRole('button', { name: 'Join' }).click()
    await student.waitForURL(/\/slices/)
    const slices = student.getByRole('main').locator('a[href^="/slices/"]')
    await expect(slices).toHaveCount(1)
    await slices.click()
    const workspace = workspaceOf(student)
    await workspace.expectState('Running')
    await workspace.openTerminal('h1')
    await expect(student.getByText('This terminal is recorded')).toBeVisible()
    await workspace.type('ping -c 3 h4')
    await expect(workspace.terminal).toContainText('3 packets transmitted, 3 received, 0% packet loss')

    // The other student's slice is not there for this one, by no address.
    const others = await page
      .locator('a[href^="/slices/"]')
      .evaluateAll((all) => all.map((a) => a.getAttribute('href')))
    const own = new URL(student.url()).pathname
    const foreign = others.find((href) => href !== null && href !== '/slices' && href !== own)
    if (foreign === undefined || foreign === null) throw new Error('the lab shows no slice of the other student')
    const answer = await student.goto(portalUrl(foreign))
    expect(answer?.status()).toBeLessThan(500)
    await expect(student.getByText('Static routing')).toHaveCount(0)
    await context.close()
  })

  await test.step('sees what the student saw', async () => {
    await page.goto(`${lab}/recordings`)
    await page.getByRole('row', { name: 'Linus Student' }).getByRole('link').first().click()
    await expect(page.getByRole('heading', { name: 'h1 of Linus Student' })).toBeVisible()
    const screen = page.locator('.xterm-rows')
    await page.getByLabel('Speed', { exact: true }).selectOption('16')
    await page.getByRole('region', { name: /^Recording of h1/ }).focus()
    await page.keyboard.press(' ')
    await expect(screen).toContainText('3 packets transmitted, 3 received, 0% packet loss')
    await page.keyboard.press('Home')
    await expect(screen).not.toContainText('packets transmitted')
    await expectAccessible(page)
    const downloading = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Download .cast' }).click()
    const [header = ''] = (await readFile(await (await downloading).path(), 'utf8')).split('\n')
    expect(JSON.parse(header)).toMatchObject({ version: 2, title: 'h1' })
    await page.goto(lab)
  })

  await test.step('stops it for all', async () => {
    await page.getByRole('button', { name: 'Stop for all' }).click()
    await expect(page.getByRole('row', { name: /Student|Lovelace/ }).getByText('Ended')).toHaveCount(2, {
      timeout: 30_000,
    })
  })
})

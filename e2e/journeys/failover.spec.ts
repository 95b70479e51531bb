// Routing as an experiment: Abilene finds its own ways by OSPF, a router is killed, traffic takes the other way, and comes back.
import { NO_CONTAINERS } from '@myvini/testkit/no-containers'
import { expect, fresh, portalUrl, signIn, test } from '../portal'
import { workspaceOf } from '../workspace'

/** OSPF has to hear that a neighbour is gone, and every router has to compute anew; on a busy machine. */
const CONVERGED_MS = 60_000

test('a router of Abilene is killed, traffic takes the other way, and comes back', async ({ page }) => {
  test.setTimeout(240_000)
  // Routing software runs in containers.
  test.skip(NO_CONTAINERS !== null, NO_CONTAINERS ?? '')
  const workspace = workspaceOf(page)
  await signIn(page, 'researcher')
  await page.goto(portalUrl('/slices'))
  await page.getByRole('button', { name: 'New slice' }).first().click()
  const panel = page.getByRole('complementary', { name: 'New slice' })
  await panel.getByLabel('Name').fill(fresh('Failover'))
  await panel.getByRole('button', { name: /^Abilene with OSPF/ }).click()
  await page.waitForURL(/\/slices\/.+/)
  await page.getByRole('button', { name: 'Book…' }).click()
  const booking = page.getByRole('complementary', { name: 'Book this slice' })
  await booking.getByRole('button', { name: 'Book', exact: true }).click()
  await workspace.expectState('Running')
  await workspace.openTerminal('sunnyvale')

  /** The addresses that packets to Atlanta pass, as one word; tried until every hop has answered. */
  const way = async (tag: string): Promise<string> => {
    const seen = new RegExp(`${tag}:((?:[\\d.]+,){2,}):end`)
    let found = ''
    await expect(async () => {
      await workspace.type(
        `clear; echo "${tag}:$(traceroute -n -q 1 -w 1 -m 9 atlanta | tail -n +2 | awk '{printf "%s,", $2}'):e""nd"`,
      )
      await expect(workspace.terminal).toContainText(seen, { timeout: 12_000 })
      found = seen.exec((await workspace.terminal.textContent()) ?? '')?.[1] ?? ''
    }).toPass({ timeout: CONVERGED_MS })
    return found
  }
  const press = async (host: string, entry: 'Stop' | 'Start') => {
    await page.locator('.react-flow__node', { hasText: host }).click({ button: 'right' })
    await page.getByRole('menuitem', { name: entry, exact: true }).click()
  }

  const before = await test.step('OSPF finds a way', () => way('first'))
  await test.step('a router on it is killed: traffic takes the other way', async () => {
    await press('kansascity', 'Stop')
    await expect(async () => expect(await way('other')).not.toBe(before)).toPass({ timeout: CONVERGED_MS })
  })
  await test.step('it is started again: traffic comes back', async () => {
    await press('kansascity', 'Start')
    await expect(async () => expect(await way('back')).toBe(before)).toPass({ timeout: CONVERGED_MS })
    await workspace.expectState('Running')
    await workspace.stop()
  })
})

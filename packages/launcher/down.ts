// Stop everything of this installation, and with --purge leave nothing of it. Works on what a crash left as well.
import { rm } from 'node:fs/promises'
import { Box } from '@myvini/box/box'
import { stopCluster } from '@myvini/store/server/cluster'
import { clusterOf } from './database'
import { boxFolder, openInstance, readSettings } from './instance'
import { steps } from './steps'
import { stopSupervisor } from './supervisor'

export async function down(args: readonly string[]): Promise<number> {
  const purge = args.includes('--purge')
  const unknown = args.find((arg) => arg !== '--purge')
  if (unknown !== undefined) throw new Error(`down takes only --purge, not "${unknown}"`)
  const instance = await openInstance(process.env)
  const settings = await readSettings(instance)
  if (!settings) {
    process.stdout.write('Nothing of MyVINI runs here.\n')
    return 0
  }
  return steps('Stopping', async (step) => {
    await step('Controller and portal', async () => ((await stopSupervisor(instance)) ? 'stopped' : 'did not run'))
    if (!settings.simulate)
      await step('Substrate in a box', async () => {
        const box = await Box.open({ folder: boxFolder(instance), controllerKey: '' }, settings.nodes)
        await box.stop()
      })
    await step('Database', () => stopCluster(clusterOf(instance, settings.postgresPort)))
    if (purge) await step('Data', () => rm(instance.folder, { recursive: true, force: true }))
    return 0
  })
}

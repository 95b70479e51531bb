// Switching boxed servers on and off, as by their plug: to see what becomes of slices, and for tests.
import { Box } from '@myvini/box/box'
import { boxFolder, openInstance, readSettings } from './instance'
import { ensureSecrets } from './secrets'

export async function boxCommand([action, name]: readonly string[]): Promise<number> {
  const instance = await openInstance(process.env)
  const settings = await readSettings(instance)
  if (!settings || settings.simulate) throw new Error('there is no box here; start one with ./myvini up')
  const secrets = await ensureSecrets(instance)
  const box = await Box.open(
    { folder: boxFolder(instance), controllerKey: secrets.sshPublicKey, hasOutside: true },
    settings.nodes,
  )
  const names = box.layout.nodes.map((n) => n.name)
  if ((action !== 'on' && action !== 'off') || name === undefined || !names.includes(name)) {
    process.stderr.write(`./myvini box on|off NODE, where NODE is one of ${names.join(', ')}\n`)
    return 2
  }
  await (action === 'on' ? box.powerOn(name) : box.powerOff(name))
  process.stdout.write(`${name} is ${action}\n`)
  return 0
}

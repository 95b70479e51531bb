// Can virtual hosts of class vserver start on this machine? Their root file systems are clones of the node's with owners
// shifted (mount_setattr(2), MOUNT_ATTR_IDMAP), which overlayfs, the root of many a container, does not allow.
import { statfsSync } from 'node:fs'

/** <linux/magic.h> */
const OVERLAYFS_MAGIC = 0x794c7630

/** Why not, in words; null where they can. The probe tells nodes and portal the same, who then refuse them by name. */
export const NO_CONTAINERS: string | null =
  ['/usr', '/var/lib']
    .filter((path) => statfsSync(path).type === OVERLAYFS_MAGIC)
    .map(
      (path) => `${path} is on overlayfs, which allows no idmapped mounts: no virtual hosts of class vserver here`,
    )[0] ?? null

if (NO_CONTAINERS !== null) process.stdout.write(`skipped: ${NO_CONTAINERS}\n`)

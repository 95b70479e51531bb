// Where does the agent keep what it keeps? Two folders: one that survives a reboot, one that must not.
import { join } from 'node:path'

export interface Paths {
  /** Survives: the accepted spec, the versions of the agent, virtual hosts' own files. */
  state: string
  /** Goes with the kernel's things it speaks of: sockets, namespaces, what was configured in them. */
  run: string
  /** A mounted bpffs: pinned maps and programs. */
  bpf: string
  /** Below the root of each cgroup hierarchy: the folder that is ours. */
  cgroup: string
  /** `trellis` and the compiled programs. */
  programs: string
}

export const socketPath = (paths: Paths): string => join(paths.run, 'agent.sock')
/** For people and tools that want to find the daemon. */
export const pidPath = (paths: Paths): string => join(paths.run, 'agent.pid')
export const ledgerPath = (paths: Paths): string => join(paths.state, 'spec.json')
export const configuredPath = (paths: Paths): string => join(paths.run, 'configured.json')
/** What is to be deleted, out of the way of those who look for what is there. */
export const trashFolder = (paths: Paths): string => join(paths.state, 'trash')
export const runTrashFolder = (paths: Paths): string => join(paths.run, 'trash')
export const hostsFolder = (paths: Paths): string => join(paths.state, 'hosts')
/** Root file systems that virtual hosts of class vserver start from, each under its name. */
export const imagesFolder = (paths: Paths): string => join(paths.state, 'images')
export const trellisPath = (paths: Paths): string => join(paths.programs, 'trellis')

// What was done to a host since it was booked? Laid over the drawing, which a reservation never changes.
import type { VirtualHost } from '../topology/topology'

export interface HostControl {
  /** Stopped by a person: nothing runs in it, and its interfaces are down. */
  isOff: boolean
  /** Counts restarts: another number makes another container of the same disk. */
  starts: number
  /** Which of its disks it has. */
  state: number
  /** The one it had before, kept so that it can be given back; null: there was none. */
  stateBefore: number | null
  /** What it was given instead of what was drawn; null: as drawn. */
  cpuPercent: number | null
  cpuCapped: boolean | null
  memoryMib: number | null
  /** Class vserver: it grows when the host starts next, and never shrinks. */
  diskMib: number | null
  processes: number | null
  /** By its hash, the image that its disk starts from; null: as drawn. */
  image: string | null
}

export const NO_CONTROL: HostControl = {
  isOff: false,
  starts: 0,
  state: 0,
  stateBefore: null,
  cpuPercent: null,
  cpuCapped: null,
  memoryMib: null,
  diskMib: null,
  processes: null,
  image: null,
}

/** The host as it is to be now. */
export function withControl(host: VirtualHost, control: HostControl): VirtualHost {
  const { cpuPercent, cpuCapped, memoryMib, diskMib, processes } = control
  return {
    ...host,
    cpuPercent: cpuPercent ?? host.cpuPercent,
    cpuCapped: cpuCapped ?? host.cpuCapped,
    memoryMib: memoryMib ?? host.memoryMib,
    diskMib: diskMib ?? host.diskMib,
    processes: processes ?? host.processes,
  }
}

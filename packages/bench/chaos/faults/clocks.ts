// Wall clocks that jump, as when somebody sets them or a time server is believed after long: they stay where they jumped to.
import { setOffset } from '../own-view'
import { type Fault, pick } from './fault'

/** Seconds from the machine's own clock. */
const OFFSETS = [-7200, -3600, -90, -2, 0, 2, 90, 3600, 7200]

const words = (seconds: number) => `${seconds >= 0 ? '+' : ''}${seconds} s of the true time`

export const clocks = {
  /** Of portal, controllers and Postgres, which share a machine. */
  'services clock jumps': async ({ world, random }) => {
    const seconds = pick(random, OFFSETS)
    await setOffset(await world.clockOf(null), seconds)
    return words(seconds)
  },
  'node clock jumps': async ({ world, random }) => {
    const [node, seconds] = [pick(random, world.ring), pick(random, OFFSETS)]
    return world
      .clockOf(node)
      .then((file) => setOffset(file, seconds))
      .then(
        () => `${node} ${words(seconds)}`,
        (error: Error) => `${node} (not done: ${error.message.slice(0, 80)})`,
      )
  },
} satisfies Record<string, Fault>

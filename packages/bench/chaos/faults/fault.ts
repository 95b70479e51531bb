// What is a fault? Something done to the world, and undone where it does not end by itself.
import type { Bystander } from '../bystander'
import type { LiveSlice } from '../slices'
import type { TwinController } from '../twin-controller'
import type { World } from '../world'

export interface FaultContext {
  world: World
  /** Uniform in [0, 1). */
  random: () => number
  /** Slices that should run and that may be hit. */
  slices: readonly LiveSlice[]
  /** To be told of what may cost it packets. */
  bystander: Bystander
  twin: TwinController
}

/** Does it, undoes it, and tells what was hit. */
export type Fault = (context: FaultContext) => Promise<string>

export const pick = <T>(random: () => number, things: readonly T[]): T => {
  const thing = things[Math.floor(random() * things.length)]
  if (thing === undefined) throw new Error('there is nothing to pick from')
  return thing
}

/** A node that is off, or a process that has just ended, is no failure of the fault. */
export const onNode = async (world: World, node: string, script: string): Promise<string> =>
  world.inNode(node, ['sh', '-c', script]).then(
    (text) => (text.trim() === '' ? node : `${node}: ${text.trim().split('\n').slice(-1)[0]}`),
    (error: Error) => `${node} (not done: ${error.message.split('\n').slice(-2).join(' ').slice(0, 80)})`,
  )

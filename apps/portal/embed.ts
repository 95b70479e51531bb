// The solver by which a booking is tried before it is made. The controller asks again, on what is free by then.
import type { Embed } from '@myvini/core/embedding/embedding'
import { firstFit } from '@myvini/core/embedding/first-fit'

export const embed: Embed = firstFit

// Virtual hosts that run: stopping, starting, a fresh disk, more or less of the node. Whoever works with the slice may.
import { mayChangeSlice, mayUseSlice } from '@myvini/store/access'
import { actOnHosts, type PowerAction, resizeHost } from '@myvini/store/host-control'
import { tell } from '@myvini/store/reservations'
import { transact } from '@myvini/store/transact'
import { z } from 'zod'
import { orRefuse } from '../problems'
import { router, signedIn } from '../trpc'

const Id = z.string().min(1).max(40)
const Hosts = z.array(z.string().min(1).max(80)).min(1).max(2000)

const DONE: Record<PowerAction, string> = {
  stop: 'stopped',
  start: 'started',
  restart: 'restarted',
  reset: 'reset: it starts from its image again',
  'undo-reset': 'given back the disk it had before',
}

/** "r1, r2 and 3 more": an event is one line. */
function named(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(', ')
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown
}

export const hostsRouter = router({
  power: signedIn
    .input(
      z.object({
        sliceId: Id,
        hosts: Hosts,
        action: z.enum(['stop', 'start', 'restart', 'reset', 'undo-reset']),
      }),
    )
    .mutation(async ({ ctx, input }) => {
      orRefuse(await mayUseSlice(ctx.db, ctx.person, input.sliceId))
      orRefuse(
        await transact(ctx.db, async (tx) => {
          const acted = await actOnHosts(tx, input.sliceId, [...new Set(input.hosts)], input.action)
          if (acted.ok) {
            const names = named(acted.value.map(({ host }) => host.name))
            await tell(tx, input.sliceId, 'host', `${ctx.person.name}: ${names} ${DONE[input.action]}.`)
          }
          return acted
        }),
      )
    }),

  /** Live, without a restart; refused where the node does not have it until the slice ends. */
  resize: signedIn
    .input(
      z.object({
        sliceId: Id,
        host: z.string().min(1).max(80),
        cpuPercent: z.number().min(1).max(6400),
        cpuCapped: z.boolean(),
        memoryMib: z.number().int().min(16).max(1_048_576),
        processes: z.number().int().min(16).max(16_384),
      }),
    )
    .mutation(async ({ ctx, input }) => {
      // It takes of what others may book: as booking does, it needs the right to change the slice.
      orRefuse(await mayChangeSlice(ctx.db, ctx.person, input.sliceId))
      const { sliceId, host: id, ...wish } = input
      const given = `${wish.cpuPercent} % CPU${wish.cpuCapped ? ' at most' : ''}, ${wish.memoryMib} MiB, ${wish.processes} processes`
      orRefuse(
        await resizeHost(ctx.db, sliceId, id, wish, (tx, host) =>
          tell(tx, sliceId, 'host', `${ctx.person.name}: ${host.name} now has ${given}.`),
        ),
      )
    }),
})

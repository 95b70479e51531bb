// Virtual hosts that run: stopping, starting, a fresh disk, more or less of the node. Whoever works with the slice may.
import { ImageName } from '@myvini/core/images/image'
import { LEAST, MOST_DISK_MIB } from '@myvini/core/images/needs'
import type { VirtualHost } from '@myvini/core/topology/topology'
import { mayChangeSlice, mayUseSlice } from '@myvini/store/access'
import { actOnHosts, type PowerAction, type Resizing, resizeHost } from '@myvini/store/host-control'
import { deleteImage } from '@myvini/store/images'
import { tell } from '@myvini/store/reservations'
import { listSaved, restoreHost, saveHost } from '@myvini/store/saved-hosts'
import { transact } from '@myvini/store/transact'
import { z } from 'zod'
import { orRefuse } from '../problems'
import { router, signedIn } from '../trpc'

const Id = z.string().min(1).max(40)
const Host = z.string().min(1).max(80)
const Hosts = z.array(Host).min(1).max(2000)

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

/** What a host was given, as an event tells it. */
function inWords({ cpuPercent, cpuCapped, memoryMib, diskMib, processes }: Resizing, host: VirtualHost): string {
  const disk = host.class === 'vserver' && diskMib !== undefined ? ` ${diskMib} MiB of disk,` : ''
  return `${cpuPercent} % CPU${cpuCapped ? ' at most' : ''}, ${memoryMib} MiB of memory,${disk} ${processes} processes`
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

  /** What it has on its disk becomes an image of the project. As it takes of what all share, it needs the right to book. */
  save: signedIn
    .input(z.object({ sliceId: Id, host: Host, name: ImageName }))
    .mutation(async ({ ctx, input: { sliceId, host, name } }) => {
      const slice = orRefuse(await mayChangeSlice(ctx.db, ctx.person, sliceId))
      const description = `Saved from a host of ${slice.name}`
      const wish = { sliceId, projectId: slice.projectId, host, name, description, actorId: ctx.person.id }
      const saved = orRefuse(await saveHost(ctx.db, wish))
      await ctx.db.$transaction((tx) =>
        tell(
          tx,
          sliceId,
          'host',
          `${ctx.person.name}: the files of ${saved.host} are being saved as ${name}.${saved.version}.`,
        ),
      )
    }),

  saved: signedIn.input(z.object({ sliceId: Id })).query(async ({ ctx, input }) => {
    const slice = orRefuse(await mayUseSlice(ctx.db, ctx.person, input.sliceId))
    return listSaved(ctx.db, slice.projectId)
  }),

  /** One's project's, as long as nothing starts from it. */
  removeSaved: signedIn.input(z.object({ sliceId: Id, imageId: Id })).mutation(async ({ ctx, input }) => {
    const { projectId } = orRefuse(await mayChangeSlice(ctx.db, ctx.person, input.sliceId))
    const { label } = orRefuse(await deleteImage(ctx.db, ctx.person.id, input.imageId, projectId))
    await ctx.db.$transaction((tx) => tell(tx, input.sliceId, 'host', `${ctx.person.name}: ${label} is deleted.`))
  }),

  /** A fresh disk from a saved image; the disk before is kept, as with a reset. */
  restore: signedIn.input(z.object({ sliceId: Id, host: Host, imageId: Id })).mutation(async ({ ctx, input }) => {
    const { projectId } = orRefuse(await mayUseSlice(ctx.db, ctx.person, input.sliceId))
    orRefuse(
      await transact(ctx.db, async (tx) => {
        const done = await restoreHost(tx, { ...input, projectId })
        if (done.ok) {
          const { host, name, version } = done.value
          const what = `${host.host.name} starts from ${name}.${version} again`
          await tell(tx, input.sliceId, 'host', `${ctx.person.name}: ${what}.`)
        }
        return done
      }),
    )
  }),

  /** Live, without a restart; refused where the node does not have it until the slice ends. */
  resize: signedIn
    .input(
      z.object({
        sliceId: Id,
        host: Host,
        cpuPercent: z.number().min(1).max(6400),
        cpuCapped: z.boolean(),
        memoryMib: z.number().int().min(16).max(1_048_576),
        /** Class vserver: what its disk grows to when it starts next; absent: as it is. */
        diskMib: z.number().int().min(LEAST.diskMib).max(MOST_DISK_MIB).optional(),
        processes: z.number().int().min(16).max(16_384),
      }),
    )
    .mutation(async ({ ctx, input }) => {
      // It takes of what others may book: as booking does, it needs the right to change the slice.
      orRefuse(await mayChangeSlice(ctx.db, ctx.person, input.sliceId))
      const { sliceId, host: id, ...wish } = input
      orRefuse(
        await resizeHost(ctx.db, sliceId, id, wish, (tx, host) =>
          tell(tx, sliceId, 'host', `${ctx.person.name}: ${host.name} now has ${inWords(wish, host)}.`),
        ),
      )
    }),
})

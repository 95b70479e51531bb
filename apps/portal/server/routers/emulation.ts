// Link emulation of what runs, and the traces that links follow.

import { Emulation, TraceId } from '@myvini/core/topology/emulation'
import { EXAMPLE_TRACES } from '@myvini/core/topology/example-traces'
import { MOST_TRACE_BYTES, parseTrace, sampleTrace } from '@myvini/core/topology/trace'
import { mayChangeSlice, mayUseSlice } from '@myvini/store/access'
import { changeEmulation, loadTraces, saveTrace } from '@myvini/store/emulation'
import { z } from 'zod'
import { orRefuse, refuse } from '../problems'
import { router, signedIn } from '../trpc'

const Id = z.string().min(1).max(40)
const MOST_POINTS = 240

export const emulationRouter = router({
  /** While the slice runs; in force within a second or two, without a new booking. */
  change: signedIn
    .input(z.object({ reservationId: Id, linkId: z.string().min(1).max(64), emulation: Emulation.nullable() }))
    .mutation(async ({ ctx, input }) => {
      const row = await ctx.db.reservation.findUnique({
        where: { id: input.reservationId },
        select: { sliceId: true },
      })
      orRefuse(await mayChangeSlice(ctx.db, ctx.person, row?.sliceId ?? ''))
      orRefuse(await changeEmulation(ctx.db, { ...input, personId: ctx.person.id, personName: ctx.person.name }))
      return null
    }),

  /** A file's text, or one of the examples by name. */
  addTrace: signedIn
    .input(
      z.object({
        sliceId: Id,
        source: z.union([
          z.object({ text: z.string().max(MOST_TRACE_BYTES) }),
          z.object({ example: z.string().max(40) }),
        ]),
      }),
    )
    .mutation(async ({ ctx, input }) => {
      orRefuse(await mayChangeSlice(ctx.db, ctx.person, input.sliceId))
      if ('text' in input.source) return { id: await saveTrace(ctx.db, orRefuse(parseTrace(input.source.text))) }
      const { example } = input.source
      const found = EXAMPLE_TRACES.find((e) => e.key === example)
      if (!found)
        refuse({
          code: 'trace.no-example',
          message: `There is no example called "${example}".`,
          hint: `There are ${EXAMPLE_TRACES.map((e) => e.key).join(', ')}.`,
        })
      return { id: await saveTrace(ctx.db, found.make()) }
    }),

  /** For its picture. Named by its content: whoever knows the name has the drawing that has it. */
  trace: signedIn.input(z.object({ sliceId: Id, id: TraceId })).query(async ({ ctx, input }) => {
    orRefuse(await mayUseSlice(ctx.db, ctx.person, input.sliceId))
    const steps = (await loadTraces(ctx.db, [input.id])).get(input.id)
    return steps ? sampleTrace(steps, MOST_POINTS) : null
  }),
})

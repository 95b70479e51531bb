// Images: admins build, import and delete them; everybody chooses among those that are ready.
import { ImageName, PackageName } from '@myvini/core/images/image'
import { ImageNeeds } from '@myvini/core/images/needs'
import { RECIPES } from '@myvini/core/images/recipes'
import { mayUseSlice } from '@myvini/store/access'
import { addImage, deleteImage, listChoices, listImages } from '@myvini/store/images'
import { z } from 'zod'
import { orRefuse } from '../problems'
import { admin, router, signedIn } from '../trpc'

export const imagesRouter = router({
  list: admin.query(({ ctx }) => listImages(ctx.db)),
  recipes: admin.query(() => RECIPES),
  /** With a slice, also those that were saved from hosts of its project. */
  choices: signedIn.input(z.object({ sliceId: z.string().min(1).max(40) }).optional()).query(async ({ ctx, input }) => {
    const slice = input && orRefuse(await mayUseSlice(ctx.db, ctx.person, input.sliceId))
    return listChoices(ctx.db, slice?.projectId ?? null)
  }),

  /** Under a name that is there already it becomes that image's next version. */
  build: admin
    .input(
      z.object({
        name: ImageName,
        description: z.string().trim().max(300),
        packages: z.array(PackageName).min(1, 'At least one package').max(200, 'At most 200 packages'),
        needs: ImageNeeds.optional(),
      }),
    )
    .mutation(async ({ ctx, input }) =>
      orRefuse(await addImage(ctx.db, { recipe: input, source: 'recipe', actorId: ctx.person.id })),
    ),

  remove: admin.input(z.object({ id: z.string().min(1).max(40) })).mutation(async ({ ctx, input }) => {
    orRefuse(await deleteImage(ctx.db, ctx.person.id, input.id))
  }),
})

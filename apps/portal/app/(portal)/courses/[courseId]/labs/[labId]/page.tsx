import { mayTeachCourse } from '@myvini/store/access'
import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { LabPage } from '../../../../../../courses/lab-page'
import { requireRole } from '../../../../../../server/guard'
import { Preloaded, preloader } from '../../../../../../server/preload'
import { resources } from '../../../../../../server/resources'

interface Props {
  params: Promise<{ courseId: string; labId: string }>
}

async function find({ params }: Props) {
  const { courseId, labId } = await params
  const { db } = resources()
  const course = await mayTeachCourse(db, await requireRole('instructor', 'admin'), courseId)
  if (!course.ok) return null
  return db.lab.findFirst({ where: { id: labId, courseId }, select: { id: true, name: true, courseId: true } })
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  return { title: (await find(props))?.name ?? 'Not found' }
}

export default async function Lab(props: Props) {
  const lab = await find(props)
  if (!lab) notFound()
  const { queryClient, trpc } = preloader()
  await queryClient.prefetchQuery(trpc.labs.get.queryOptions({ labId: lab.id }))
  return (
    <Preloaded>
      <LabPage courseId={lab.courseId} labId={lab.id} />
    </Preloaded>
  )
}

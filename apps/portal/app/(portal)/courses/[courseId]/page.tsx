import { mayTeachCourse } from '@myvini/store/access'
import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { CoursePage } from '../../../../courses/course-page'
import { requireRole } from '../../../../server/guard'
import { Preloaded, preloader } from '../../../../server/preload'
import { resources } from '../../../../server/resources'

interface Props {
  params: Promise<{ courseId: string }>
}

const find = async ({ params }: Props) =>
  mayTeachCourse(resources().db, await requireRole('instructor', 'admin'), (await params).courseId)

export async function generateMetadata(props: Props): Promise<Metadata> {
  const course = await find(props)
  return { title: course.ok ? course.value.name : 'Not found' }
}

export default async function Course(props: Props) {
  const course = await find(props)
  if (!course.ok) notFound()
  const { queryClient, trpc } = preloader()
  await queryClient.prefetchQuery(trpc.courses.get.queryOptions({ courseId: course.value.id }))
  return (
    <Preloaded>
      <CoursePage courseId={course.value.id} />
    </Preloaded>
  )
}

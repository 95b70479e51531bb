import type { Metadata } from 'next'
import { CourseList } from '../../../courses/course-list'
import { requireRole } from '../../../server/guard'
import { Preloaded, preloader } from '../../../server/preload'

export const metadata: Metadata = { title: 'Courses' }

export default async function Courses() {
  await requireRole('instructor', 'admin')
  const { queryClient, trpc } = preloader()
  await queryClient.prefetchQuery(trpc.courses.list.queryOptions())
  return (
    <Preloaded>
      <CourseList />
    </Preloaded>
  )
}

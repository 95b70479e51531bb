import { mayTeachCourse } from '@myvini/store/access'
import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { LabRecordingsPage } from '../../../../../../../recordings/lab-recordings-page'
import { requireRole } from '../../../../../../../server/guard'
import { resources } from '../../../../../../../server/resources'

export const metadata: Metadata = { title: 'Recordings' }

export default async function Recordings({ params }: { params: Promise<{ courseId: string; labId: string }> }) {
  const { courseId, labId } = await params
  const { db } = resources()
  const course = await mayTeachCourse(db, await requireRole('instructor', 'admin'), courseId)
  const lab = course.ok && (await db.lab.findFirst({ where: { id: labId, courseId }, select: { id: true } }))
  return lab ? <LabRecordingsPage courseId={courseId} labId={lab.id} /> : notFound()
}

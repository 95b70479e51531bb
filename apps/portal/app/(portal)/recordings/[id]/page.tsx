import { mayWatch } from '@myvini/store/recordings'
import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { RecordingPage } from '../../../../recordings/recording-page'
import { requirePerson } from '../../../../server/guard'
import { resources } from '../../../../server/resources'

export const metadata: Metadata = { title: 'Recording' }

export default async function Recording({ params }: { params: Promise<{ id: string }> }) {
  const recording = await mayWatch(resources().db, await requirePerson(), (await params).id)
  return recording.ok ? <RecordingPage id={recording.value.id} /> : notFound()
}

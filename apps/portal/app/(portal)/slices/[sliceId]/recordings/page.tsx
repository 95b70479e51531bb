import { mayUseSlice } from '@myvini/store/access'
import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { OwnRecordingsPage } from '../../../../../recordings/own-recordings-page'
import { requirePerson } from '../../../../../server/guard'
import { resources } from '../../../../../server/resources'

export const metadata: Metadata = { title: 'Your recordings' }

export default async function Recordings({ params }: { params: Promise<{ sliceId: string }> }) {
  const slice = await mayUseSlice(resources().db, await requirePerson(), (await params).sliceId)
  return slice.ok ? <OwnRecordingsPage sliceId={slice.value.id} /> : notFound()
}

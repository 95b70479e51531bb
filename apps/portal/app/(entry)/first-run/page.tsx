import { needsFirstAdmin } from '@myvini/store/first-admin'
import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { FirstRunForm } from '../../../entry/first-run-form'
import { pathTo } from '../../../paths'
import { resources } from '../../../server/resources'

export const metadata: Metadata = { title: 'Welcome' }

export default async function FirstRunPage() {
  if (!(await needsFirstAdmin(resources().db))) redirect(pathTo.signIn())
  return <FirstRunForm />
}

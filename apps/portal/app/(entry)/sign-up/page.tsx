import { needsFirstAdmin } from '@myvini/store/first-admin'
import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { SignUpForm } from '../../../entry/sign-up-form'
import { pathTo, safeNext } from '../../../paths'
import { currentPerson } from '../../../server/guard'
import { resources } from '../../../server/resources'

export const metadata: Metadata = { title: 'Make an account' }

export default async function SignUpPage({ searchParams }: { searchParams: Promise<{ next?: string }> }) {
  const next = safeNext((await searchParams).next)
  if (await currentPerson()) redirect(next)
  if (await needsFirstAdmin(resources().db)) redirect(pathTo.firstRun())
  return <SignUpForm next={next} />
}

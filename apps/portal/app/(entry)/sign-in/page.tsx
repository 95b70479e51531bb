import { needsFirstAdmin } from '@myvini/store/first-admin'
import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { SignInForm } from '../../../entry/sign-in-form'
import { safeNext } from '../../../paths'
import { currentPerson } from '../../../server/guard'
import { resources } from '../../../server/resources'

export const metadata: Metadata = { title: 'Sign in' }

export default async function SignInPage({ searchParams }: { searchParams: Promise<{ next?: string }> }) {
  const next = safeNext((await searchParams).next)
  if (await currentPerson()) redirect(next)
  return <SignInForm next={next} first={await needsFirstAdmin(resources().db)} />
}

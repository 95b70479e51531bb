// May this page be shown to whoever asks for it? For layouts and pages; procedures check again by themselves.
import type { Person } from '@myvini/store/access'
import { needsFirstAdmin } from '@myvini/store/first-admin'
import { headers } from 'next/headers'
import { notFound, redirect } from 'next/navigation'
import { cache } from 'react'
import { pathTo } from '../paths'
import { PATH_HEADER } from '../proxy'
import { signedInBy } from './context'
import { resources } from './resources'

/** Asked once for all parts of a page. */
export const currentPerson = cache(async (): Promise<Person | null> => {
  const signedIn = await signedInBy(resources().auth, await headers())
  return signedIn?.person ?? null
})

/** The person, or the way in. */
export async function requirePerson(): Promise<Person> {
  const person = await currentPerson()
  if (person) return person
  if (await needsFirstAdmin(resources().db)) redirect(pathTo.firstRun())
  redirect(pathTo.signIn((await headers()).get(PATH_HEADER) ?? undefined))
}

/** Who may not enter sees what they would see if there were no such page. */
export async function requireRole(...roles: Person['role'][]): Promise<Person> {
  const person = await requirePerson()
  return roles.includes(person.role) ? person : notFound()
}

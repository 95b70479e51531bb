import { findInvitation } from '@myvini/store/invitations'
import type { Metadata } from 'next'
import { ButtonLink } from '../../../../components/button'
import { ProblemNote } from '../../../../components/notices'
import { JoinForm } from '../../../../entry/join-form'
import { pathTo } from '../../../../paths'
import { resources } from '../../../../server/resources'

export const metadata: Metadata = { title: 'Join' }

export default async function JoinPage({ params }: { params: Promise<{ token: string }> }) {
  const { token } = await params
  const invitation = await findInvitation(resources().db, token, new Date())
  if (invitation.ok) return <JoinForm token={token} name={invitation.value.name} email={invitation.value.email} />
  return (
    <div className="flex flex-col gap-4">
      <h1 className="font-semibold text-xl">Join</h1>
      <ProblemNote problem={invitation.problem} />
      <div>
        <ButtonLink href={pathTo.signIn()}>Sign in</ButtonLink>
      </div>
    </div>
  )
}

'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTRPC } from '../browser/trpc'
import { Button } from '../components/button'
import { Page, Section } from '../components/page'
import { Failed, Skeleton } from '../components/page-states'
import { Pill } from '../components/state-pill'
import { tell } from '../components/toast'
import { Ago } from '../components/when'
import { usePerson } from '../frame/frame-context'
import { TopBar } from '../frame/top-bar'
import { NameForm } from './name-form'
import { PasswordForm } from './password-form'

/** "Chrome on Linux": as much as a person needs to know it again. */
function browserOf(userAgent: string | null): string {
  const text = userAgent ?? ''
  const browser = /Edg\//.test(text)
    ? 'Edge'
    : /Firefox\//.test(text)
      ? 'Firefox'
      : /Chrome\//.test(text)
        ? 'Chrome'
        : /Safari\//.test(text)
          ? 'Safari'
          : 'A program'
  const system = ['Android', 'iPhone', 'iPad', 'Windows', 'Mac OS X', 'Linux'].find((name) => text.includes(name))
  return system ? `${browser} on ${system.replace('Mac OS X', 'macOS')}` : browser
}

function Sessions() {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const sessions = useQuery(trpc.account.sessions.queryOptions())
  const refresh = () => queryClient.invalidateQueries(trpc.account.sessions.queryFilter())
  const end = useMutation(trpc.account.endSession.mutationOptions({ onSettled: refresh }))
  const endOthers = useMutation(
    trpc.account.endOtherSessions.mutationOptions({
      onSettled: refresh,
      onSuccess: ({ count }) => tell(count === 1 ? 'One session is ended' : `${count} sessions are ended`),
    }),
  )
  if (sessions.error) return <Failed error={sessions.error} retry={() => void sessions.refetch()} />
  if (!sessions.data) return <Skeleton className="h-24" />
  return (
    <>
      <ul className="rounded-md border border-line">
        {sessions.data.map((session) => (
          <li key={session.id} className="flex items-center gap-3 border-b border-line px-3 py-2 text-sm last:border-0">
            <div className="min-w-0 flex-1">
              <p className="flex items-center gap-2 font-medium">
                {browserOf(session.userAgent)}
                {session.here && <Pill tone="running">This one</Pill>}
              </p>
              <p className="text-faint text-xs">
                {session.ipAddress && <span className="font-mono">{session.ipAddress} · </span>}
                signed in <Ago at={session.createdAt} />
              </p>
            </div>
            {!session.here && (
              <Button
                size="small"
                busy={end.isPending && end.variables.sessionId === session.id}
                onClick={() => end.mutate({ sessionId: session.id })}
              >
                End
              </Button>
            )}
          </li>
        ))}
      </ul>
      {sessions.data.length > 1 && (
        <Button className="mt-3" busy={endOthers.isPending} onClick={() => endOthers.mutate()}>
          End all others
        </Button>
      )}
    </>
  )
}

const ROLE = { researcher: 'Researcher', instructor: 'Instructor', admin: 'Admin' }

export function AccountPage() {
  const person = usePerson()
  return (
    <>
      <TopBar crumbs={[{ label: 'Account' }]} />
      <Page title="Account" about={`${person.email} · ${ROLE[person.role]}`} narrow>
        <Section title="Name">
          <NameForm name={person.name} />
        </Section>
        <Section title="Password" about="Changing it ends all your other sessions.">
          <PasswordForm />
        </Section>
        <Section title="Sessions" about="Where you are signed in.">
          <Sessions />
        </Section>
      </Page>
    </>
  )
}

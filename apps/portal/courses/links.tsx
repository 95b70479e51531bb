'use client'
import { Download } from 'lucide-react'
import { download } from '../browser/download'
import { Button } from '../components/button'
import { CopyButton, CopyTextButton } from '../components/copy-button'
import type { ApiOutput } from '../server/routers/types'
import { writeCsv } from './class-list'

export type Invited = ApiOutput['courses']['addStudents'][number]

const WORD = { invited: 'link made', known: 'has an account', here: 'was here already' }

/** Told once: only a hash of each link is kept. */
export function LinksPanel({ course, invited }: { course: string; invited: readonly Invited[] }) {
  const links = invited.filter((i) => i.link !== null)
  const rows = links.map(({ name, email, link }) => [name, email, link ?? ''])
  return (
    <div className="flex flex-col gap-3">
      <p className="text-sm">
        {links.length === 0 ? (
          'All of them have accounts already: they need no link.'
        ) : (
          <>
            <strong className="font-medium">
              {links.length === 1 ? 'One invitation link' : `${links.length} invitation links`}.
            </strong>{' '}
            Each works once, for 14 days. They are shown only now: give them to your students, each their own.
          </>
        )}
      </p>
      {links.length > 0 && (
        <div className="flex flex-wrap gap-2">
          <Button
            icon={<Download />}
            onClick={() =>
              download(`${course} invitations.csv`, writeCsv([['name', 'email', 'link'], ...rows]), 'text/csv')
            }
          >
            Download as CSV
          </Button>
          <CopyTextButton text={rows.map((row) => row.join('\t')).join('\n')}>Copy all</CopyTextButton>
        </div>
      )}
      <ul aria-label="Invitation links" className="max-h-96 overflow-y-auto rounded-md border border-line">
        {invited.map((row) => (
          <li
            key={row.email}
            className="flex items-center gap-2 border-b border-line px-2 py-1.5 text-sm last:border-0"
          >
            <span className="min-w-0 flex-1">
              <span className="block truncate">{row.name}</span>
              <span className="block truncate text-faint text-xs">
                {row.email} · {WORD[row.outcome]}
              </span>
            </span>
            {row.link && <CopyButton text={row.link} what={`the link of ${row.name}`} />}
          </li>
        ))}
      </ul>
    </div>
  )
}

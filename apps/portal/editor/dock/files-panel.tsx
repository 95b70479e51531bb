'use client'
import { hostPath, pathIn } from '@myvini/core/inside/host-path'
import type { Listing } from '@myvini/core/inside/listing'
import { ArrowUp, RotateCw, Upload } from 'lucide-react'
import { type DragEvent, useCallback, useEffect, useRef, useState } from 'react'
import { Button, IconButton } from '../../components/button'
import { classes } from '../../components/classes'
import { Input, Select } from '../../components/input'
import { ProblemNote } from '../../components/notices'
import { downloadAddress, fetchListing } from '../../inside/file-calls'
import { useUploads } from '../../inside/use-uploads'
import type { ToldProblem } from '../../told-problem'
import { useWorkspace } from '../workspace-context'
import { DockField } from './dock-field'
import { FileTable } from './file-table'
import { UploadList } from './upload-list'
import { useRunningHosts } from './use-running-hosts'

const HOME = '/root'

/** What is in a folder of one host, read anew when it is asked for. */
function useListing(sliceId: string, hostId: string | undefined, path: string) {
  const [turn, setTurn] = useState(0)
  const [found, setFound] = useState<{ listing: Listing | null; problem: ToldProblem | null; busy: boolean }>({
    listing: null,
    problem: null,
    busy: true,
  })
  useEffect(() => {
    if (hostId === undefined) return
    const own = new AbortController()
    setFound((before) => ({ ...before, busy: true }))
    fetchListing({ sliceId, hostId, path }, own.signal).then((answer) => {
      if (own.signal.aborted) return
      setFound(
        answer.ok
          ? { listing: answer.value, problem: null, busy: false }
          : { listing: null, problem: answer.problem, busy: false },
      )
    })
    return () => own.abort()
  }, [sliceId, hostId, path, turn])
  return { ...found, again: useCallback(() => setTurn((n) => n + 1), []) }
}

/** Files of a host that runs: looked through, brought out, and put in by dropping them here. */
export function FilesPanel() {
  const { slice } = useWorkspace()
  const { hosts, chosen } = useRunningHosts()
  const [picked, setPicked] = useState<string | null>(null)
  const [path, setPath] = useState(HOME)
  const [typed, setTyped] = useState(HOME)
  const [to, setTo] = useState<'one' | 'chosen' | 'all'>('one')
  const [over, setOver] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const host = hosts.find((h) => h.id === picked) ?? chosen[0] ?? hosts[0]
  const { listing, problem, busy, again } = useListing(slice.id, host?.id, path)
  const { uploads, add, again: sendAgain, drop } = useUploads(again)
  const folder = listing?.folder ?? path
  useEffect(() => setTyped(folder), [folder])
  const wrong = hostPath(typed)

  if (!host)
    return <p className="p-4 text-faint text-sm">Files can be moved on hosts of a slice that runs. None is up now.</p>
  const targets = to === 'all' ? hosts : to === 'chosen' && chosen.length > 0 ? chosen : [host]
  const send = (files: Iterable<File>) =>
    add(
      [...files].flatMap((file) =>
        targets.map((target) => ({
          sliceId: slice.id,
          hostId: target.id,
          hostName: target.name,
          path: pathIn(folder, file.name),
          file,
          isThere: target === host && (listing?.files.some((f) => f.name === file.name) ?? false),
        })),
      ),
    )
  const dragged = (event: DragEvent) => {
    if (!event.dataTransfer.types.includes('Files')) return
    event.preventDefault()
    setOver(event.type === 'dragover')
    if (event.type === 'drop') send(event.dataTransfer.files)
  }
  return (
    <section
      aria-label="Files of a host"
      className={classes('flex h-full flex-col', over && 'bg-accent/10')}
      onDragOver={dragged}
      onDragLeave={() => setOver(false)}
      onDrop={dragged}
    >
      <form
        aria-label="Where"
        className="flex flex-wrap items-end gap-2 border-line border-b px-3 py-2"
        onSubmit={(event) => {
          event.preventDefault()
          if (!wrong.ok) return
          setPath(wrong.value)
          again()
        }}
      >
        <DockField label="Host" className="w-36">
          {(id) => (
            <Select id={id} value={host.id} onChange={(e) => setPicked(e.target.value)}>
              {hosts.map((h) => (
                <option key={h.id} value={h.id}>
                  {h.name}
                </option>
              ))}
            </Select>
          )}
        </DockField>
        <DockField label="Folder" className="min-w-40 flex-1">
          {(id) => (
            <Input
              id={id}
              mono
              spellCheck={false}
              autoComplete="off"
              autoCapitalize="off"
              aria-invalid={!wrong.ok || undefined}
              value={typed}
              onChange={(e) => setTyped(e.target.value)}
            />
          )}
        </DockField>
        <IconButton
          label="The folder above"
          disabled={folder === '/'}
          onClick={() => setPath(folder.slice(0, folder.lastIndexOf('/')) || '/')}
        >
          <ArrowUp />
        </IconButton>
        <IconButton label="Look again" type="submit">
          <RotateCw className={busy ? 'animate-spin motion-reduce:animate-none' : undefined} />
        </IconButton>
        <DockField label="Upload to" className="w-44">
          {(id) => (
            <Select id={id} value={to} onChange={(e) => setTo(e.target.value as typeof to)}>
              <option value="one">{host.name}</option>
              <option value="chosen" disabled={chosen.length === 0}>
                Chosen on the drawing ({chosen.length})
              </option>
              <option value="all">All that run ({hosts.length})</option>
            </Select>
          )}
        </DockField>
        <Button icon={<Upload />} onClick={() => input.current?.click()}>
          Upload…
        </Button>
        <input
          ref={input}
          type="file"
          multiple
          className="hidden"
          aria-label="Files to upload"
          onChange={(event) => {
            send(event.target.files ?? [])
            event.target.value = ''
          }}
        />
        <p role="status" className="w-full text-failed text-sm empty:hidden">
          {wrong.ok ? '' : `${wrong.problem.message} ${wrong.problem.hint}`}
        </p>
      </form>
      {uploads.length > 0 && <UploadList uploads={uploads} again={sendAgain} drop={drop} />}
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls is reached by keyboard
        tabIndex={0}
        aria-label={`${folder} of ${host.name}`}
        aria-busy={busy}
        className="min-h-0 flex-1 overflow-auto"
      >
        {problem && (
          <div className="p-3">
            <ProblemNote problem={problem} />
          </div>
        )}
        {listing ? (
          <FileTable
            listing={listing}
            onFolder={setPath}
            addressOf={(of) => downloadAddress({ sliceId: slice.id, hostId: host.id, path: of })}
          />
        ) : (
          !problem && <p className="p-4 text-faint text-sm">Looking into {path}.</p>
        )}
      </section>
    </section>
  )
}

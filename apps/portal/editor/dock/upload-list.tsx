'use client'
import { Check, X } from 'lucide-react'
import { Button, IconButton } from '../../components/button'
import type { Upload } from '../../inside/use-uploads'
import { sizeWords } from './size-words'

interface UploadListProps {
  uploads: readonly Upload[]
  again: (id: number, overwrites: boolean) => void
  drop: (id: number) => void
}

function Standing({ upload, again }: { upload: Upload; again: UploadListProps['again'] }) {
  const { id, state, file, sentBytes, problem } = upload
  switch (state) {
    case 'waiting':
      return <span className="text-muted">waits</span>
    case 'sending':
      return (
        <span className="flex items-center gap-2">
          <progress
            aria-label={`${file.name} to ${upload.hostName}`}
            max={Math.max(1, file.size)}
            value={sentBytes}
            className="h-1.5 w-28 accent-accent"
          />
          <span className="text-muted tabular">
            {sizeWords(sentBytes)} of {sizeWords(file.size)}
          </span>
        </span>
      )
    case 'done':
      return (
        <span className="flex items-center gap-1 text-running [&_svg]:size-3.5">
          <Check aria-hidden /> done
        </span>
      )
    case 'asks':
      return (
        <span className="flex flex-wrap items-center gap-2">
          <span className="text-changing">It is there already.</span>
          <Button size="small" onClick={() => again(id, true)}>
            Overwrite
          </Button>
        </span>
      )
    case 'failed':
      return (
        <span className="flex flex-wrap items-center gap-2">
          <span className="text-failed">
            {problem?.message} <span className="text-muted">{problem?.hint}</span>
          </span>
          <Button size="small" onClick={() => again(id, upload.overwrites)}>
            Try again
          </Button>
        </span>
      )
  }
}

export function UploadList({ uploads, again, drop }: UploadListProps) {
  return (
    <ul aria-label="Uploads" className="max-h-40 shrink-0 overflow-y-auto border-line border-b px-3 py-1 text-xs">
      {uploads.map((upload) => (
        <li key={upload.id} className="flex min-h-7 items-center gap-3">
          <span className="min-w-0 max-w-72 truncate font-mono" title={upload.path}>
            {upload.file.name} → {upload.hostName}
          </span>
          <span className="min-w-0 flex-1">
            <Standing upload={upload} again={again} />
          </span>
          <IconButton
            label={`${upload.state === 'sending' ? 'Cancel' : 'Leave out'} ${upload.file.name} to ${upload.hostName}`}
            className="!size-6"
            onClick={() => drop(upload.id)}
          >
            <X className="!size-3.5" />
          </IconButton>
        </li>
      ))}
    </ul>
  )
}

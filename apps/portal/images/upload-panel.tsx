'use client'
import { LEAST } from '@myvini/core/images/needs'
import { useState } from 'react'
import { Button } from '../components/button'
import { Field } from '../components/field'
import { Input } from '../components/input'
import { ProblemNote } from '../components/notices'
import { SidePanel } from '../components/side-panel'
import { NumberField } from '../editor/inspector/fields'
import type { ToldProblem } from '../told-problem'

type Answer = { id: string } | { problem: ToldProblem }

/** XMLHttpRequest tells how much has gone; fetch does not. */
function send(file: File, query: Record<string, string>, onSent: (share: number) => void): Promise<Answer> {
  return new Promise((resolve) => {
    const lost = { code: 'image.upload', message: 'The upload broke off.', hint: 'Upload it again.' }
    const request = new XMLHttpRequest()
    request.open('POST', `/api/images?${new URLSearchParams(query)}`)
    request.responseType = 'json'
    request.upload.onprogress = (event) => onSent(event.loaded / Math.max(1, event.total))
    request.onload = () => resolve((request.response as Answer | null) ?? { problem: lost }) // our own route's answer
    request.onerror = () => resolve({ problem: lost })
    request.send(file)
  })
}

/** An OCI image archive or the tarball of a root file system. */
export function UploadPanel({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const [name, setName] = useState('')
  const [description, setDescription] = useState('')
  const [memoryMib, setMemoryMib] = useState<number>(LEAST.memoryMib)
  const [file, setFile] = useState<File | null>(null)
  const [sent, setSent] = useState<number | null>(null)
  const [problem, setProblem] = useState<ToldProblem | null>(null)
  const submit = async () => {
    if (!file) return
    setProblem(null)
    setSent(0)
    const answer = await send(file, { name, description, memory: String(memoryMib) }, setSent)
    setSent(null)
    onDone()
    if ('problem' in answer) setProblem(answer.problem)
    else onClose()
  }
  return (
    <SidePanel
      title="Import an image"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" busy={sent !== null} disabled={!file || name === ''} onClick={() => void submit()}>
            {sent === null ? 'Import' : `${Math.round(sent * 100)} %`}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {problem && <ProblemNote problem={problem} />}
        <Field label="Name" help="Lower-case letters, digits and hyphens.">
          {(control) => (
            <Input {...control} mono value={name} maxLength={40} onChange={(e) => setName(e.target.value)} />
          )}
        </Field>
        <Field label="Description">
          {(control) => (
            <Input {...control} value={description} maxLength={300} onChange={(e) => setDescription(e.target.value)} />
          )}
        </Field>
        <NumberField
          label="Least memory"
          help="A host with less is refused before it is booked."
          value={memoryMib}
          min={LEAST.memoryMib}
          max={1_048_576}
          whole
          unit="MiB"
          onChange={(value) => value !== null && setMemoryMib(value)}
        />
        <Field
          label="Archive"
          help="An OCI image archive (as docker save, podman save and skopeo write) or the tarball of a root file system; plain or gzip. Devices, and paths that lead out of it, are refused."
        >
          {(control) => (
            <input
              {...control}
              type="file"
              accept=".tar,.gz,.tgz,application/x-tar,application/gzip"
              className="text-sm"
              onChange={(e) => setFile(e.target.files?.[0] ?? null)}
            />
          )}
        </Field>
      </div>
    </SidePanel>
  )
}

'use client'
// What a host finds and does when it starts: files at paths, and commands, in their order.
import type { HostPatch } from '@myvini/core/topology/edit'
import { START_UP_LIMITS, type StartCommand, type StartFile } from '@myvini/core/topology/start-up'
import type { VirtualHost } from '@myvini/core/topology/topology'
import { Plus, Trash2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button, IconButton } from '../../components/button'
import { Field } from '../../components/field'
import { TextArea } from '../../components/input'
import { useView } from '../workspace-context'
import { NumberField, TextField } from './fields'
import { InspectorSection } from './parts'
import { StartResult } from './start-result'

interface StartSectionProps {
  host: VirtualHost
  readOnly: boolean
  set: (patch: HostPatch, what: string) => void
}

/** One entry of a list, with a way to take it away. */
function Entry({ name, remove, children }: { name: string; remove: (() => void) | null; children: ReactNode }) {
  return (
    <fieldset className="relative flex flex-col gap-2 rounded-md border border-line p-2">
      <legend className="sr-only">{name}</legend>
      {children}
      {remove && (
        <div className="absolute top-0.5 right-0.5">
          <IconButton label={`Remove ${name}`} onClick={remove}>
            <Trash2 />
          </IconButton>
        </div>
      )}
    </fieldset>
  )
}

const replaced = <T,>(list: readonly T[], at: number, change: Partial<T>): T[] =>
  list.map((one, i) => (i === at ? { ...one, ...change } : one))
const without = <T,>(list: readonly T[], at: number): T[] => list.filter((_, i) => i !== at)

function Files({ host, readOnly, set }: StartSectionProps) {
  const { files } = host
  const change = (at: number, patch: Partial<StartFile>, what: string) =>
    set({ files: replaced(files, at, patch) }, `${what} of file ${at + 1}`)
  return files.map((file, i) => (
    <Entry
      key={i}
      name={`file ${i + 1}`}
      remove={readOnly ? null : () => set({ files: without(files, i) }, 'the files')}
    >
      <TextField
        label={`File ${i + 1}`}
        mono
        value={file.path}
        disabled={readOnly}
        onChange={(path) => change(i, { path }, 'the path')}
      />
      <Field label={`Content of file ${i + 1}`}>
        {(control) => (
          <TextArea
            {...control}
            rows={4}
            className="font-mono text-xs"
            maxLength={START_UP_LIMITS.fileChars}
            spellCheck={false}
            value={file.content}
            readOnly={readOnly}
            onChange={(e) => change(i, { content: e.target.value }, 'the content')}
          />
        )}
      </Field>
    </Entry>
  ))
}

function Commands({ host, readOnly, set }: StartSectionProps) {
  const { commands } = host
  const results = useView((v) => {
    // What was drawn since the booking has not run.
    const isDrawnSince = !readOnly && v.difference?.changed.has(host.id)
    return isDrawnSince ? null : (v.status?.hosts[host.id]?.startUp?.commands ?? null)
  })
  const change = (at: number, patch: Partial<StartCommand>, what: string) =>
    set({ commands: replaced(commands, at, patch) }, `${what} ${at + 1}`)
  return commands.map((command, i) => (
    <Entry
      key={i}
      name={`command ${i + 1}`}
      remove={readOnly ? null : () => set({ commands: without(commands, i) }, 'the commands')}
    >
      <Field label={`Command ${i + 1}`}>
        {(control) => (
          <TextArea
            {...control}
            rows={2}
            className="font-mono text-xs"
            maxLength={START_UP_LIMITS.commandChars}
            spellCheck={false}
            value={command.command}
            readOnly={readOnly}
            onChange={(e) => change(i, { command: e.target.value }, 'command')}
          />
        )}
      </Field>
      <NumberField
        label="Ended after"
        value={command.timeoutS}
        min={1}
        max={START_UP_LIMITS.timeoutS}
        whole
        unit="s"
        disabled={readOnly}
        onChange={(timeoutS) => timeoutS !== null && change(i, { timeoutS }, 'the time of command')}
      />
      {results && <StartResult name={`command ${i + 1}`} result={results[i] ?? null} />}
    </Entry>
  ))
}

export function StartSection(props: StartSectionProps) {
  const { host, readOnly, set } = props
  const count = host.files.length + host.commands.length
  if (host.class !== 'vserver' && count === 0) return null
  return (
    <InspectorSection title="When it starts" aside={<span className="text-faint text-xs tabular">{count}</span>}>
      <Files {...props} />
      <Commands {...props} />
      {!readOnly && (
        <div className="flex gap-2">
          <Button
            size="small"
            icon={<Plus />}
            disabled={host.files.length >= START_UP_LIMITS.files}
            onClick={() =>
              set({ files: [...host.files, { path: '/root/file', content: '', executable: false }] }, 'the files')
            }
          >
            File
          </Button>
          <Button
            size="small"
            icon={<Plus />}
            disabled={host.commands.length >= START_UP_LIMITS.commands}
            onClick={() => set({ commands: [...host.commands, { command: 'true', timeoutS: 60 }] }, 'the commands')}
          >
            Command
          </Button>
        </div>
      )}
      <p className="text-faint text-xs">
        Each time, in this order, as root inside. What commands say is in{' '}
        <span className="font-mono">/var/log/start-up.log</span>.
      </p>
    </InspectorSection>
  )
}

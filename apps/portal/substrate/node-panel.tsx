'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type HTMLAttributes, type ReactNode, useState } from 'react'
import { fieldError, problemOf } from '../browser/problem'
import { useTRPC } from '../browser/trpc'
import { Button } from '../components/button'
import { CopyButton } from '../components/copy-button'
import { Field } from '../components/field'
import { Input, TextArea } from '../components/input'
import { amount } from '../components/meter'
import { ProblemNote } from '../components/notices'
import { SidePanel } from '../components/side-panel'
import { tell } from '../components/toast'
import type { NodeRow } from './node-columns'
import { draftOf, EMPTY_NODE, FIELD_OF, inputOf, type NodeDraft } from './node-draft'

/** What has to be on the server first: the controller's key, for it to be let in. */
function ControllerKey() {
  const trpc = useTRPC()
  const key = useQuery(trpc.nodes.controllerKey.queryOptions())
  return (
    <div className="rounded-md bg-sunken p-3 text-sm">
      <p className="font-medium">First, on the server</p>
      {key.data ? (
        <>
          <p className="mt-1 text-muted">
            Put the controller’s public key into <code className="font-mono text-xs">~root/.ssh/authorized_keys</code>:
          </p>
          <div className="mt-2 flex items-start gap-1">
            <code className="min-w-0 flex-1 break-all rounded-sm bg-raised p-1.5 font-mono text-xs">{key.data}</code>
            <CopyButton text={key.data} what="the controller’s key" />
          </div>
        </>
      ) : (
        <p className="mt-1 text-muted">
          Put the controller’s public key into <code className="font-mono text-xs">~root/.ssh/authorized_keys</code>. It
          lies beside the controller’s own key file, with “.pub”.
        </p>
      )}
    </div>
  )
}

/** Disks of containers are as large as their owners draw them. */
const diskHelp = (node: NodeRow | undefined): string =>
  typeof node?.diskThereMib === 'number'
    ? `For the disks of vservers together. It has ${amount(node.diskThereMib, 'MiB')} for them.`
    : 'For the disks of vservers together. It says how much it has once the controller has called on it.'

interface NodePanelProps {
  /** None: a new one. */
  node?: NodeRow
  onClose: () => void
}

export function NodePanel({ node, onClose }: NodePanelProps) {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const [draft, setDraft] = useState<NodeDraft>(() => (node ? draftOf(node) : EMPTY_NODE))
  const done = (text: string) => {
    void queryClient.invalidateQueries(trpc.nodes.pathFilter())
    tell(text)
    onClose()
  }
  const add = useMutation(
    trpc.nodes.add.mutationOptions({
      meta: { told: true },
      onSuccess: () => done(`${draft.name} is added; the controller calls on it now`),
    }),
  )
  const edit = useMutation(
    trpc.nodes.edit.mutationOptions({ meta: { told: true }, onSuccess: () => done(`${draft.name} is changed`) }),
  )
  const save = () => {
    if (!node) add.mutate({ node: inputOf(draft), hostKey: draft.hostKey })
    else
      edit.mutate({
        nodeId: node.id,
        node: inputOf(draft),
        hostKey: draft.hostKey.trim() === '' ? null : draft.hostKey,
      })
  }
  const error = node ? edit.error : add.error
  const problem = error ? problemOf(error) : null
  const errorAt = (key: keyof NodeDraft) =>
    FIELD_OF[key].map((name) => fieldError(problem, name)).find((text) => text !== null) ?? null
  const shown = (Object.keys(FIELD_OF) as (keyof NodeDraft)[]).some((key) => errorAt(key) !== null) // keys of a const object

  const text = (
    key: Exclude<keyof NodeDraft, 'hostKey'>,
    label: string,
    options: {
      help?: ReactNode
      unit?: string
      aside?: string
      mode?: HTMLAttributes<HTMLInputElement>['inputMode']
    } = {},
  ) => (
    <Field label={label} help={options.help} aside={options.aside} error={errorAt(key)}>
      {(control) => (
        <Input
          {...control}
          mono
          autoComplete="off"
          spellCheck={false}
          inputMode={options.mode ?? 'text'}
          value={draft[key]}
          {...(options.unit !== undefined && { unit: options.unit })}
          onChange={(e) => setDraft((before) => ({ ...before, [key]: e.target.value }))}
        />
      )}
    </Field>
  )
  return (
    <SidePanel
      title={node ? `Edit ${node.name}` : 'Add a node'}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form="node-form" busy={add.isPending || edit.isPending}>
            {node ? 'Save' : 'Add the node'}
          </Button>
        </>
      }
    >
      <form
        id="node-form"
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          save()
        }}
      >
        {!node && <ControllerKey />}
        {problem && !shown && <ProblemNote problem={problem} />}
        {text('name', 'Name', { help: 'As people will see it where their hosts run, such as chicago-1.' })}
        <div className="grid grid-cols-[1fr_80px] gap-3">
          {text('sshHost', 'Address', { help: 'Where its sshd listens.' })}
          {text('sshPort', 'Port', { mode: 'numeric' })}
        </div>
        {text('sshUser', 'User')}
        <Field
          label="Host key"
          aside={node ? 'empty: as it is' : undefined}
          error={errorAt('hostKey')}
          help={
            <>
              Run <code className="font-mono">ssh-keyscan -t ed25519 ADDRESS</code> over a network you trust, or read{' '}
              <code className="font-mono">/etc/ssh/ssh_host_ed25519_key.pub</code> on the server, and paste it here. The
              controller talks to no other key.
            </>
          }
        >
          {(control) => (
            <TextArea
              {...control}
              mono
              className="!text-xs"
              spellCheck={false}
              placeholder={node ? node.hostKeyFingerprint : 'ssh-ed25519 AAAA…'}
              value={draft.hostKey}
              onChange={(e) => setDraft((before) => ({ ...before, hostKey: e.target.value }))}
            />
          )}
        </Field>
        {text('site', 'Site', { help: 'Nodes of one site are near each other. People can ask for a site.' })}
        <div className="grid grid-cols-2 gap-3">
          {text('latitude', 'Latitude', { aside: 'optional', mode: 'decimal' })}
          {text('longitude', 'Longitude', { aside: 'optional', mode: 'decimal' })}
        </div>
        <div className="grid grid-cols-2 gap-3">
          {text('cores', 'CPU on offer', { unit: 'cores', mode: 'decimal' })}
          {text('memoryMib', 'Memory on offer', { unit: 'MiB', mode: 'numeric' })}
        </div>
        {text('diskMib', 'Disk on offer', {
          unit: 'MiB',
          mode: 'numeric',
          aside: 'empty: all it has',
          help: diskHelp(node),
        })}
        {text('hostSlots', 'Virtual hosts at most', { mode: 'numeric', help: 'However little they reserve.' })}
      </form>
    </SidePanel>
  )
}

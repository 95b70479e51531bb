'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { fieldError, problemOf } from '../browser/problem'
import { useTRPC } from '../browser/trpc'
import { Button } from '../components/button'
import { Field } from '../components/field'
import { Input, Select } from '../components/input'
import { ProblemNote } from '../components/notices'
import { SidePanel } from '../components/side-panel'
import { tell } from '../components/toast'
import type { SubstrateLink } from './link-table'
import type { NodeRow } from './node-columns'

interface LinkPanelProps {
  nodes: readonly NodeRow[]
  /** None: a new one. */
  link?: SubstrateLink
  onClose: () => void
}

const number = (text: string) => (text.trim() === '' ? Number.NaN : Number(text.trim().replace(',', '.')))
const FIELDS = ['aId', 'bId', 'aAddress', 'bAddress', 'capacityMbps', 'delayMs', 'mtuBytes'] as const
type Key = (typeof FIELDS)[number]

export function LinkPanel({ nodes, link, onClose }: LinkPanelProps) {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const [draft, setDraft] = useState<Record<Key, string>>(() => ({
    aId: link?.a.id ?? nodes[0]?.id ?? '',
    bId: link?.b.id ?? nodes[1]?.id ?? '',
    aAddress: link?.a.address ?? '',
    bAddress: link?.b.address ?? '',
    capacityMbps: String(link?.capacityMbps ?? 1000),
    delayMs: String(link?.delayMs ?? 5),
    mtuBytes: String(link?.mtuBytes ?? 1500),
  }))
  const done = (text: string) => {
    void queryClient.invalidateQueries(trpc.nodes.pathFilter())
    tell(text)
    onClose()
  }
  const add = useMutation(
    trpc.nodes.addLink.mutationOptions({ meta: { told: true }, onSuccess: () => done('The link is added') }),
  )
  const edit = useMutation(
    trpc.nodes.editLink.mutationOptions({ meta: { told: true }, onSuccess: () => done('The link is changed') }),
  )
  const save = () => {
    const figures = {
      capacityMbps: number(draft.capacityMbps),
      delayMs: number(draft.delayMs),
      mtuBytes: number(draft.mtuBytes),
    }
    const { aId, bId, aAddress, bAddress } = draft
    if (link) edit.mutate({ linkId: link.id, link: figures })
    else add.mutate({ aId, bId, aAddress: aAddress.trim(), bAddress: bAddress.trim(), ...figures })
  }
  const error = link ? edit.error : add.error
  const problem = error ? problemOf(error) : null
  const errorAt = (key: Key) => fieldError(problem, key) ?? fieldError(problem, `link.${key}`)
  const set = (key: Key, value: string) => setDraft((before) => ({ ...before, [key]: value }))
  const text = (key: Key, label: string, options: { unit?: string; help?: ReactNode } = {}) => (
    <Field label={label} help={options.help} error={errorAt(key)}>
      {(control) => (
        <Input
          {...control}
          mono
          autoComplete="off"
          value={draft[key]}
          {...(options.unit !== undefined && { unit: options.unit })}
          onChange={(e) => set(key, e.target.value)}
        />
      )}
    </Field>
  )
  const choose = (key: 'aId' | 'bId', label: string) => (
    <Field label={label} error={errorAt(key)}>
      {(control) => (
        <Select {...control} value={draft[key]} onChange={(e) => set(key, e.target.value)}>
          {nodes.map((node) => (
            <option key={node.id} value={node.id}>
              {node.name}
            </option>
          ))}
        </Select>
      )}
    </Field>
  )
  return (
    <SidePanel
      title={link ? `${link.a.name}–${link.b.name}` : 'Add a link'}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form="link-form" busy={add.isPending || edit.isPending}>
            {link ? 'Save' : 'Add the link'}
          </Button>
        </>
      }
    >
      <form
        id="link-form"
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          save()
        }}
      >
        <p className="text-muted text-sm">
          A path between two servers that tunnels may use. Its figures are your promise to whoever books: nothing beyond
          them is given away.
        </p>
        {problem && !FIELDS.some((key) => errorAt(key) !== null) && <ProblemNote problem={problem} />}
        {link ? (
          <p className="font-mono text-muted text-sm">
            {link.a.address} – {link.b.address}
          </p>
        ) : (
          <>
            <div className="grid grid-cols-2 gap-3">
              {choose('aId', 'From')}
              {text('aAddress', 'Its address')}
            </div>
            <div className="grid grid-cols-2 gap-3">
              {choose('bId', 'To')}
              {text('bAddress', 'Its address')}
            </div>
            <p className="-mt-2 text-faint text-xs">
              Where each reaches the other, IPv4 or IPv6: tunnels go between these addresses.
            </p>
          </>
        )}
        {text('capacityMbps', 'Capacity', { unit: 'Mbit/s', help: 'In each direction.' })}
        {text('delayMs', 'Delay', { unit: 'ms', help: 'One way.' })}
        {text('mtuBytes', 'MTU', {
          unit: 'bytes',
          help: 'Of the path. With 1,542 or more, over IPv6 1,562, the virtual hosts keep their usual 1,500.',
        })}
      </form>
    </SidePanel>
  )
}

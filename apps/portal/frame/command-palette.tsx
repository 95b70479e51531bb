'use client'
import { useQuery } from '@tanstack/react-query'
import { Command } from 'cmdk'
import { useRouter } from 'next/navigation'
import { Dialog } from 'radix-ui'
import type { ReactNode } from 'react'
import { useTRPC } from '../browser/trpc'
import { Keys } from '../components/keys'
import { STATE_WORD } from '../components/state-pill'
import { pathTo } from '../paths'
import { useCommandGroups } from './commands'
import { useFrame, usePerson } from './frame-context'
import { entriesFor } from './rail-entries'

interface LineProps {
  value: string
  also?: string | undefined
  aside?: ReactNode
  children: ReactNode
  onSelect: () => void
}

function Line({ value, also, aside, children, onSelect }: LineProps) {
  return (
    <Command.Item
      value={value}
      {...(also !== undefined && { keywords: [also] })}
      onSelect={onSelect}
      className="flex h-8 items-center gap-2 rounded-md px-2 text-sm data-[selected=true]:bg-hover"
    >
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {aside && <span className="shrink-0 text-faint text-xs">{aside}</span>}
    </Command.Item>
  )
}

const group =
  '[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-faint [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:font-medium'

function Lines({ close }: { close: () => void }) {
  const trpc = useTRPC()
  const router = useRouter()
  const person = usePerson()
  const slices = useQuery(trpc.slices.list.queryOptions({ scope: person.role === 'admin' ? 'all' : 'mine' }))
  const templates = useQuery(trpc.templates.list.queryOptions())
  const commands = useCommandGroups()
  const go = (href: string) => () => {
    close()
    router.push(href)
  }
  return (
    <>
      {commands.toReversed().map(({ title, commands: list }) => (
        <Command.Group key={title} heading={title} className={group}>
          {list
            .filter((c) => !c.hidden && !c.disabled)
            .map((command) => (
              <Line
                key={command.label}
                value={`${title} ${command.label}`}
                also={command.also}
                aside={command.keys && <Keys keys={command.keys.split(' ')[0] ?? ''} />}
                onSelect={() => {
                  close()
                  command.run()
                }}
              >
                {command.label}
              </Line>
            ))}
        </Command.Group>
      ))}
      <Command.Group heading="Slices" className={group}>
        {slices.data?.map((slice) => (
          <Line
            key={slice.id}
            value={`slice ${slice.name} ${slice.id}`}
            also={`${slice.project.name} ${slice.owner.name}`}
            aside={`${slice.project.name} · ${STATE_WORD[slice.state]}`}
            onSelect={go(pathTo.slice(slice.id))}
          >
            {slice.name}
          </Line>
        ))}
      </Command.Group>
      <Command.Group heading="Templates" className={group}>
        {templates.data?.map((template) => (
          <Line
            key={template.slug}
            value={`template ${template.name}`}
            aside="Template"
            onSelect={go(`${pathTo.templates()}#${template.slug}`)}
          >
            {template.name}
          </Line>
        ))}
      </Command.Group>
      <Command.Group heading="Pages" className={group}>
        {[...entriesFor(person), { label: 'Account', href: pathTo.account() }].map((entry) => (
          <Line key={entry.href} value={`page ${entry.label}`} onSelect={go(entry.href)}>
            {entry.label}
          </Line>
        ))}
      </Command.Group>
    </>
  )
}

/** Everything by a few letters of its name. */
export function CommandPalette() {
  const { paletteOpen, setPaletteOpen } = useFrame()
  return (
    <Dialog.Root open={paletteOpen} onOpenChange={setPaletteOpen}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-50 bg-[rgb(0_0_0/0.25)]" />
        <Dialog.Content
          aria-describedby={undefined}
          className="-translate-x-1/2 fixed top-[14vh] left-1/2 z-50 w-[min(600px,calc(100vw-24px))] overflow-hidden rounded-lg border border-line bg-raised shadow-float"
        >
          <Dialog.Title className="sr-only">Search and commands</Dialog.Title>
          <Command label="Search and commands" loop>
            <Command.Input
              autoFocus
              placeholder="A slice, a page, or what to do"
              className="h-11 w-full border-b border-line bg-transparent px-4 text-base outline-none placeholder:text-faint"
            />
            <Command.List className="max-h-[52vh] overflow-y-auto p-1.5">
              <Command.Empty className="px-3 py-8 text-center text-muted text-sm">
                Nothing is called that.
              </Command.Empty>
              <Lines close={() => setPaletteOpen(false)} />
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

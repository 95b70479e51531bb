'use client'
import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import { type ReactNode, useState } from 'react'
import { Button, IconButton } from './button'
import { Field } from './field'
import { Input } from './input'

interface DialogProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: string
  children: ReactNode
}

/** Only for what cannot be undone, and for the sheet of keys: everything else has a place on the page. */
export function Dialog({ open, onOpenChange, title, children }: DialogProps) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-50 bg-[rgb(0_0_0/0.35)]" />
        <Radix.Content
          aria-describedby={undefined}
          className="-translate-x-1/2 fixed top-[12vh] left-1/2 z-50 max-h-[76vh] w-[min(560px,calc(100vw-32px))] animate-appear overflow-y-auto rounded-lg border border-line bg-raised p-4 shadow-float"
        >
          <div className="mb-3 flex items-center justify-between">
            <Radix.Title className="font-semibold text-lg">{title}</Radix.Title>
            <Radix.Close asChild>
              <IconButton label="Close">
                <X />
              </IconButton>
            </Radix.Close>
          </div>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

interface ConfirmProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: string
  /** What will be lost. */
  children: ReactNode
  /** To be typed: what cannot be undone is not done by a slip of the hand. */
  name: string
  action: string
  busy: boolean
  onConfirm: () => void
}

export function ConfirmByName({ open, onOpenChange, title, children, name, action, busy, onConfirm }: ConfirmProps) {
  const [typed, setTyped] = useState('')
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={title}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (typed === name) onConfirm()
        }}
      >
        <div className="text-muted text-sm">{children}</div>
        <Field
          label={
            <>
              Type <span className="font-mono">{name}</span> to go on
            </>
          }
        >
          {(control) => (
            <Input {...control} value={typed} onChange={(e) => setTyped(e.target.value)} autoComplete="off" autoFocus />
          )}
        </Field>
        <div className="flex justify-end gap-2">
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button type="submit" variant="danger" busy={busy} disabled={typed !== name}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

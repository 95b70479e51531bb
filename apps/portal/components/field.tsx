'use client'
import { CircleAlert } from 'lucide-react'
import { type ReactNode, useId } from 'react'

export interface FieldControl {
  id: string
  'aria-describedby': string | undefined
  'aria-invalid': true | undefined
}

interface FieldProps {
  /** Where others have to find the control by it. */
  id?: string
  label: ReactNode
  help?: ReactNode
  error?: string | null
  /** Beside the label, at the right. */
  aside?: ReactNode
  /** Labels of a group of controls are no <label>. */
  group?: boolean
  children: (control: FieldControl) => ReactNode
}

/** Label above, help under, error beside what it is about. */
export function Field({ id: given, label, help, error, aside, group, children }: FieldProps) {
  const made = useId()
  const id = given ?? made
  const helpId = `${id}-help`
  const errorId = `${id}-error`
  const described = [error ? errorId : null, help ? helpId : null].filter(Boolean).join(' ')
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <div className="flex items-baseline justify-between gap-2">
        {group ? (
          <span id={`${id}-label`} className="font-medium text-sm">
            {label}
          </span>
        ) : (
          <label htmlFor={id} className="font-medium text-sm">
            {label}
          </label>
        )}
        {aside && <span className="text-faint text-xs">{aside}</span>}
      </div>
      {children({ id, 'aria-describedby': described || undefined, 'aria-invalid': error ? true : undefined })}
      {error && (
        <p id={errorId} className="flex items-start gap-1 text-failed text-xs">
          <CircleAlert className="mt-0.5 size-3 shrink-0" aria-hidden />
          {error}
        </p>
      )}
      {help && (
        <p id={helpId} className="text-faint text-xs">
          {help}
        </p>
      )}
    </div>
  )
}

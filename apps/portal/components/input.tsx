import type { InputHTMLAttributes, Ref, SelectHTMLAttributes, TextareaHTMLAttributes } from 'react'
import { classes } from './classes'

const box =
  'w-full min-w-0 rounded-md border border-line-strong bg-raised text-sm text-ink placeholder:text-faint transition-colors ' +
  'hover:border-faint disabled:bg-sunken disabled:text-muted aria-invalid:border-failed [input&]:read-only:bg-sunken'

interface InputProps extends InputHTMLAttributes<HTMLInputElement> {
  ref?: Ref<HTMLInputElement>
  /** Addresses, names and numbers read better in the monospace. */
  mono?: boolean
  /** Shown at the right, inside the box. */
  unit?: string
}

export function Input({ mono, unit, className, ...rest }: InputProps) {
  const input = (
    <input
      {...rest}
      className={classes(box, 'h-8 px-2', mono && 'font-mono tabular', unit && 'pr-14', !unit && className)}
    />
  )
  if (!unit) return input
  return (
    <span className={classes('relative block', className)}>
      {input}
      <span className="pointer-events-none absolute inset-y-0 right-2 flex items-center text-faint text-xs">
        {unit}
      </span>
    </span>
  )
}

interface TextAreaProps extends TextareaHTMLAttributes<HTMLTextAreaElement> {
  ref?: Ref<HTMLTextAreaElement>
  mono?: boolean
}

export function TextArea({ mono, className, ...rest }: TextAreaProps) {
  return <textarea {...rest} className={classes(box, 'min-h-16 px-2 py-1.5', mono && 'font-mono', className)} />
}

/** The system's own list: the quickest by keyboard, and the best on a phone. */
export function Select({ className, children, ...rest }: SelectHTMLAttributes<HTMLSelectElement>) {
  return (
    <span className={classes('relative block', className)}>
      <select {...rest} className={classes(box, 'h-8 appearance-none pr-7 pl-2')}>
        {children}
      </select>
      <svg viewBox="0 0 16 16" aria-hidden className="pointer-events-none absolute top-2 right-2 size-4 text-faint">
        <path d="m5 6.5 3 3 3-3" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" />
      </svg>
    </span>
  )
}

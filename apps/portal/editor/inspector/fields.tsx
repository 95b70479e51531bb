'use client'
import { type ReactNode, useEffect, useState } from 'react'
import { Field } from '../../components/field'
import { Input } from '../../components/input'

interface TextFieldProps {
  label: string
  value: string
  onChange: (value: string) => void
  error?: string | null
  help?: ReactNode
  mono?: boolean
  id?: string
  disabled?: boolean
}

/** Changes with every letter; a half-typed name is kept, and told as one. */
export function TextField({ label, value, onChange, error, help, mono, id, disabled }: TextFieldProps) {
  return (
    <Field label={label} error={error ?? null} help={help} {...(id !== undefined && { id })}>
      {(control) => (
        <Input
          {...control}
          mono={mono ?? false}
          maxLength={80}
          autoComplete="off"
          spellCheck={false}
          value={value}
          readOnly={disabled}
          onChange={(e) => onChange(e.target.value)}
        />
      )}
    </Field>
  )
}

interface ParsedFieldProps<T> {
  label: string
  value: T
  format: (value: T) => string
  /** What is typed, or why it is nothing. */
  parse: (text: string) => { ok: true; value: T } | { ok: false; why: string }
  onChange: (value: T) => void
  unit?: string
  help?: ReactNode
  aside?: ReactNode
  placeholder?: string
  mono?: boolean
  numeric?: boolean
  error?: string | null
  disabled?: boolean
}

/** What is typed becomes the value as soon as it is one; until then it stays as typed, with the reason beside it. */
export function ParsedField<T>(props: ParsedFieldProps<T>) {
  const { label, value, format, parse, onChange, unit, help, aside, placeholder, mono, numeric, disabled } = props
  const [draft, setDraft] = useState<string | null>(null)
  const text = format(value)
  // Changed from elsewhere, as by an undo: what was typed is out of date.
  useEffect(() => setDraft((before) => (before !== null && parsesTo(before, value) ? before : null)), [value])
  const parsesTo = (typed: string, wanted: T) => {
    const parsed = parse(typed)
    return parsed.ok && format(parsed.value) === format(wanted)
  }
  const shown = draft ?? text
  const parsed = draft === null ? null : parse(draft)
  const error = parsed && !parsed.ok ? parsed.why : (props.error ?? null)
  return (
    <Field label={label} error={error} help={help} aside={aside}>
      {(control) => (
        <Input
          {...control}
          mono={mono ?? numeric ?? false}
          inputMode={numeric ? 'decimal' : 'text'}
          autoComplete="off"
          spellCheck={false}
          value={shown}
          readOnly={disabled}
          {...(unit !== undefined && { unit })}
          {...(placeholder !== undefined && { placeholder })}
          onChange={(event) => {
            const typed = event.target.value
            setDraft(typed)
            const result = parse(typed)
            if (result.ok && format(result.value) !== text) onChange(result.value)
          }}
          onBlur={() => setDraft((before) => (before !== null && parse(before).ok ? null : before))}
          onKeyDown={(event) => {
            if (event.key === 'Escape' && draft !== null) {
              event.preventDefault()
              setDraft(null)
            }
          }}
        />
      )}
    </Field>
  )
}

interface NumberFieldProps {
  label: string
  /** Null: several values, or none. */
  value: number | null
  min: number
  max: number
  whole?: boolean
  unit?: string
  help?: ReactNode
  /** Empty means "none". */
  optional?: boolean
  placeholder?: string
  onChange: (value: number | null) => void
  disabled?: boolean
}

export function NumberField({ min, max, whole, optional, onChange, value, ...rest }: NumberFieldProps) {
  return (
    <ParsedField<number | null>
      {...rest}
      numeric
      value={value}
      format={(n) => (n === null ? '' : String(n))}
      onChange={onChange}
      parse={(text) => {
        const trimmed = text.trim().replace(',', '.')
        if (trimmed === '')
          return optional || value === null ? { ok: true, value: null } : { ok: false, why: 'A number is needed.' }
        const number = Number(trimmed)
        if (!Number.isFinite(number)) return { ok: false, why: 'This is not a number.' }
        if (whole && !Number.isInteger(number)) return { ok: false, why: 'Only whole numbers.' }
        if (number < min || number > max)
          return { ok: false, why: `From ${min.toLocaleString('en-GB')} to ${max.toLocaleString('en-GB')}.` }
        return { ok: true, value: number }
      }}
    />
  )
}

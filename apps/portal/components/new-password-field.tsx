'use client'
import { LEAST_PASSWORD, MOST_PASSWORD, PASSWORD_HINT } from '../password-rule'
import { Field } from './field'
import { Input } from './input'

interface NewPasswordFieldProps {
  label: string
  value: string
  onChange: (value: string) => void
  error?: string | null
  autoFocus?: boolean
}

/** Where a password is chosen, as opposed to where a known one is given. */
export function NewPasswordField({ label, value, onChange, error = null, autoFocus = false }: NewPasswordFieldProps) {
  return (
    <Field label={label} help={PASSWORD_HINT} error={error}>
      {(control) => (
        <Input
          {...control}
          type="password"
          autoComplete="new-password"
          required
          autoFocus={autoFocus}
          minLength={LEAST_PASSWORD}
          maxLength={MOST_PASSWORD}
          value={value}
          onChange={(e) => onChange(e.target.value)}
        />
      )}
    </Field>
  )
}

'use client'
import type { Dispatch, SetStateAction } from 'react'
import { fieldError } from '../browser/problem'
import { Field } from '../components/field'
import { Input } from '../components/input'
import { NewPasswordField } from '../components/new-password-field'
import type { ToldProblem } from '../told-problem'

export interface AccountDraft {
  name: string
  email: string
  password: string
}

export const EMPTY_ACCOUNT: AccountDraft = { name: '', email: '', password: '' }

interface AccountFieldsProps {
  draft: AccountDraft
  onChange: Dispatch<SetStateAction<AccountDraft>>
  problem: ToldProblem | null
}

/** Name, address and password of somebody new. */
export function AccountFields({ draft, onChange, problem }: AccountFieldsProps) {
  const set = (patch: Partial<AccountDraft>) => onChange((before) => ({ ...before, ...patch }))
  return (
    <>
      <Field label="Name" help="As others in your projects will see it." error={fieldError(problem, 'name')}>
        {(control) => (
          <Input
            {...control}
            autoComplete="name"
            required
            maxLength={80}
            autoFocus
            value={draft.name}
            onChange={(e) => set({ name: e.target.value })}
          />
        )}
      </Field>
      <Field label="E-mail" error={fieldError(problem, 'email')}>
        {(control) => (
          <Input
            {...control}
            type="email"
            autoComplete="username"
            required
            value={draft.email}
            onChange={(e) => set({ email: e.target.value })}
          />
        )}
      </Field>
      <NewPasswordField
        label="Password"
        value={draft.password}
        onChange={(password) => set({ password })}
        error={fieldError(problem, 'password')}
      />
    </>
  )
}

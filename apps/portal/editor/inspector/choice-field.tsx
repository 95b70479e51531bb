'use client'
import { Field } from '../../components/field'
import { Select } from '../../components/input'

export interface Choice<T extends string> {
  value: T
  label: string
  /** Shown below while it is chosen. */
  help: string
}

interface ChoiceFieldProps<T extends string> {
  label: string
  choices: readonly Choice<T>[]
  value: T
  onChange: (value: T) => void
  disabled: boolean
}

/** One of a few ways, each explained once it is chosen. */
export function ChoiceField<T extends string>({ label, choices, value, onChange, disabled }: ChoiceFieldProps<T>) {
  return (
    <Field label={label} help={choices.find((c) => c.value === value)?.help}>
      {(control) => (
        <Select
          {...control}
          value={value}
          disabled={disabled}
          onChange={(e) => {
            const choice = choices.find((c) => c.value === e.target.value)
            if (choice) onChange(choice.value)
          }}
        >
          {choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.label}
            </option>
          ))}
        </Select>
      )}
    </Field>
  )
}

'use client'
import { Check, Minus } from 'lucide-react'
import { RadioGroup, Checkbox as RadixCheckbox, Switch as RadixSwitch } from 'radix-ui'
import type { ReactNode } from 'react'
import { classes } from './classes'

interface CheckboxProps {
  checked: boolean | 'indeterminate'
  onChange: (checked: boolean) => void
  label: string
  disabled?: boolean
}

/** The label is for screen readers: the cell or line it stands in says the rest. */
export function Checkbox({ checked, onChange, label, disabled }: CheckboxProps) {
  return (
    <RadixCheckbox.Root
      checked={checked}
      disabled={disabled ?? false}
      onCheckedChange={(next) => onChange(next === true)}
      aria-label={label}
      className="flex size-4 items-center justify-center rounded-sm border border-line-strong bg-raised hover:border-faint disabled:opacity-50 data-[state=checked]:border-accent data-[state=checked]:bg-accent data-[state=indeterminate]:border-accent data-[state=indeterminate]:bg-accent"
    >
      <RadixCheckbox.Indicator className="text-on-accent [&_svg]:size-3 [&_svg]:stroke-3">
        {checked === 'indeterminate' ? <Minus aria-hidden /> : <Check aria-hidden />}
      </RadixCheckbox.Indicator>
    </RadixCheckbox.Root>
  )
}

interface SwitchProps {
  checked: boolean
  onChange: (checked: boolean) => void
  label: string
  /** Shown beside it; else the label is for screen readers only. */
  visible?: boolean
  disabled?: boolean
}

export function Switch({ checked, onChange, label, visible, disabled }: SwitchProps) {
  const control = (
    <RadixSwitch.Root
      checked={checked}
      disabled={disabled ?? false}
      onCheckedChange={onChange}
      aria-label={label}
      className="relative inline-block h-4 w-7 align-middle shrink-0 rounded-full bg-line-strong transition-colors disabled:opacity-50 data-[state=checked]:bg-accent"
    >
      <RadixSwitch.Thumb className="block size-3 translate-x-0.5 rounded-full bg-[#fff] transition-transform data-[state=checked]:translate-x-3.5" />
    </RadixSwitch.Root>
  )
  if (!visible) return control
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is inside, and bears the same name
    <label className="flex items-center gap-2 text-sm">
      {control}
      {label}
    </label>
  )
}

interface ChoiceProps<T extends string> {
  value: T | null
  onChange: (value: T) => void
  label: string
  options: readonly { value: T; label: ReactNode; title?: string }[]
  disabled?: boolean
  id?: string
}

/** One of a few, all in view. */
export function Choice<T extends string>({ value, onChange, label, options, disabled, id }: ChoiceProps<T>) {
  return (
    <RadioGroup.Root
      {...(id !== undefined && { id })}
      value={value ?? ''}
      onValueChange={(next) => {
        const chosen = options.find((o) => o.value === next)
        if (chosen) onChange(chosen.value)
      }}
      aria-label={label}
      disabled={disabled ?? false}
      className="flex w-full rounded-md border border-line-strong bg-sunken p-0.5"
    >
      {options.map((option) => (
        <RadioGroup.Item
          key={option.value}
          value={option.value}
          title={option.title}
          className={classes(
            'flex h-6.5 flex-1 items-center justify-center gap-1.5 rounded-sm px-2 text-muted text-sm whitespace-nowrap [&_svg]:size-4',
            'hover:text-ink disabled:opacity-50 data-[state=checked]:bg-raised data-[state=checked]:font-medium data-[state=checked]:text-ink data-[state=checked]:shadow-[0_0_0_1px_var(--line-strong)]',
          )}
        >
          {option.label}
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  )
}

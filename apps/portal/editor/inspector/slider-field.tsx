'use client'
// A number that is felt for with a slider and said exactly in a field. Both are one value.
import { useId } from 'react'
import { classes } from '../../components/classes'
import { NumberField } from './fields'

interface SliderFieldProps {
  label: string
  value: number
  /** Of the field; the slider ends at `far`, as most links do. */
  most: number
  far: number
  step: number
  unit: string
  help?: string
  disabled: boolean
  onChange: (value: number) => void
}

/** The slider's steps grow with the value: a millisecond matters at one, and not at five hundred. */
const toSlider = (value: number, far: number) => Math.round(1000 * Math.sqrt(Math.min(1, value / far)))
const fromSlider = (at: number, far: number, step: number) => {
  const value = far * (at / 1000) ** 2
  const fine = value < 10 * step ? step : value < 100 * step ? step * 5 : step * 10
  return Math.round(Math.round(value / fine) * fine * 1000) / 1000
}

export function SliderField({ label, value, most, far, step, unit, help, disabled, onChange }: SliderFieldProps) {
  const id = useId()
  return (
    <div className="flex flex-col gap-1.5">
      <NumberField
        label={label}
        value={value}
        min={0}
        max={most}
        unit={unit}
        {...(help !== undefined && { help })}
        disabled={disabled}
        onChange={(next) => next !== null && onChange(next)}
      />
      <input
        id={id}
        type="range"
        className={classes(
          'my-1.5 h-1 w-full cursor-pointer appearance-none rounded-full bg-line-strong disabled:cursor-default disabled:opacity-50',
          '[&::-webkit-slider-thumb]:size-3.5 [&::-webkit-slider-thumb]:appearance-none [&::-webkit-slider-thumb]:rounded-full [&::-webkit-slider-thumb]:bg-accent',
          '[&::-moz-range-thumb]:size-3.5 [&::-moz-range-thumb]:rounded-full [&::-moz-range-thumb]:border-0 [&::-moz-range-thumb]:bg-accent',
        )}
        aria-label={`${label}, by slider`}
        aria-valuetext={`${value} ${unit}`}
        min={0}
        max={1000}
        step={5}
        disabled={disabled}
        value={toSlider(value, far)}
        onChange={(e) => onChange(fromSlider(Number(e.target.value), far, step))}
      />
    </div>
  )
}

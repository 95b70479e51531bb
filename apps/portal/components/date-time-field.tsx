'use client'
import { Calendar, ChevronLeft, ChevronRight } from 'lucide-react'
import { DayPicker } from 'react-day-picker'
import { Button } from './button'
import { Input } from './input'
import { Popover } from './popover'

interface DateTimeFieldProps {
  id: string
  label: string
  value: Date
  onChange: (value: Date) => void
  /** Days before it cannot be chosen. */
  earliest: Date
  latest?: Date
  'aria-describedby'?: string | undefined
  'aria-invalid'?: true | undefined
}

const LANGUAGE = 'en-GB'
const two = (n: number) => String(n).padStart(2, '0')
const timeText = (at: Date) => `${two(at.getHours())}:${two(at.getMinutes())}`

const words = (at: Date) =>
  new Intl.DateTimeFormat(LANGUAGE, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  }).format(at)

/** A day from a calendar and a time, both in the person's own zone. */
export function DateTimeField({ id, label, value, onChange, earliest, latest, ...described }: DateTimeFieldProps) {
  const setDay = (day: Date | undefined) => {
    if (!day) return
    onChange(new Date(day.getFullYear(), day.getMonth(), day.getDate(), value.getHours(), value.getMinutes()))
  }
  const setTime = (text: string) => {
    const [hours, minutes] = text.split(':').map(Number)
    if (hours === undefined || minutes === undefined || Number.isNaN(hours + minutes)) return
    onChange(new Date(value.getFullYear(), value.getMonth(), value.getDate(), hours, minutes))
  }
  return (
    <Popover
      label={label}
      trigger={
        <Button id={id} icon={<Calendar />} className="w-full !justify-start tabular" {...described}>
          {words(value)}
        </Button>
      }
    >
      <DayPicker
        mode="single"
        required
        selected={value}
        onSelect={setDay}
        defaultMonth={value}
        startMonth={earliest}
        {...(latest && { endMonth: latest })}
        weekStartsOn={1}
        disabled={[{ before: earliest }, ...(latest ? [{ after: latest }] : [])]}
        classNames={{
          months: 'relative',
          month_caption: 'flex h-7 items-center justify-center font-medium text-sm',
          nav: 'absolute inset-x-0 top-0 flex h-7 items-center justify-between',
          button_previous: 'flex size-7 items-center justify-center rounded-md hover:bg-hover aria-disabled:opacity-30',
          button_next: 'flex size-7 items-center justify-center rounded-md hover:bg-hover aria-disabled:opacity-30',
          month_grid: 'mt-1',
          weekday: 'size-8 text-center font-normal text-faint text-xs',
          day: 'p-0 text-center',
          day_button:
            'size-8 rounded-md text-sm tabular hover:bg-hover disabled:pointer-events-none disabled:text-line-strong',
          today: '[&>button]:font-semibold [&>button]:text-accent-ink',
          selected: '[&>button]:!bg-accent [&>button]:!text-on-accent',
          outside: 'opacity-40',
        }}
        components={{
          Chevron: ({ orientation }) =>
            orientation === 'left' ? <ChevronLeft className="size-4" /> : <ChevronRight className="size-4" />,
        }}
      />
      <label
        htmlFor={`${id}-time`}
        className="mt-2 flex items-center justify-between gap-2 border-t border-line pt-2 text-sm"
      >
        Time
        <Input
          id={`${id}-time`}
          type="time"
          className="!w-28 tabular"
          value={timeText(value)}
          onChange={(e) => setTime(e.target.value)}
        />
      </label>
    </Popover>
  )
}

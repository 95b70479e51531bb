import { classes } from './classes'

interface MeterProps {
  label: string
  used: number
  of: number
  /** What one more thing would add, drawn after what is used. */
  adds?: number
  unit: string
  /** Without the line of words, for tables. */
  bare?: boolean
}

const HIGH = 0.8
const rounded = (value: number) => (Math.abs(value) >= 100 ? Math.round(value) : Math.round(value * 10) / 10)

const figure = (value: number): string => rounded(value).toLocaleString('en-GB')
export const amount = (value: number, unit: string): string => `${figure(value)} ${unit}`

/** How full something is; over the brim it is red and says so. */
export function Meter({ label, used, of, adds = 0, unit, bare }: MeterProps) {
  const share = of > 0 ? used / of : used > 0 ? 1 : 0
  const more = of > 0 ? adds / of : 0
  const over = used + adds > of + 1e-9
  const text = `${figure(used)}${adds > 0 ? ` + ${figure(adds)}` : ''} of ${amount(of, unit)}`
  return (
    <div className="min-w-0">
      {!bare && (
        <div className="mb-1 flex justify-between gap-2 text-xs">
          <span className="truncate text-muted">{label}</span>
          <span className={classes('tabular whitespace-nowrap', over ? 'font-medium text-failed' : 'text-muted')}>
            {text}
          </span>
        </div>
      )}
      {/* biome-ignore lint/a11y/useSemanticElements: <meter> cannot show what is used and what is added apart */}
      <div
        role="meter"
        aria-label={label}
        aria-valuenow={Math.round(used + adds)}
        aria-valuemin={0}
        aria-valuemax={Math.max(1, Math.round(of))}
        aria-valuetext={text}
        title={`${label}: ${text}`}
        className="flex h-1.5 overflow-hidden rounded-full bg-sunken"
      >
        <div
          className={classes(
            'h-full',
            share + more > 1 ? 'bg-failed' : share > HIGH ? 'bg-changing-line' : 'bg-waiting',
          )}
          style={{ width: `${Math.min(100, share * 100)}%` }}
        />
        {more > 0 && (
          <div
            className={classes('h-full', over ? 'bg-failed' : 'bg-accent')}
            style={{ width: `${Math.min(100 - Math.min(100, share * 100), more * 100)}%` }}
          />
        )}
      </div>
    </div>
  )
}

'use client'
import { amountsOf, type Booking, type Policy } from '@myvini/core/reservation/policy'
import { amount, Meter } from '../../components/meter'

/** What the slice takes, against what the policy approves at once and allows at most. */
export function Uses({ booking, policy }: { booking: Booking; policy: Policy }) {
  const memory = booking.request.nodes.reduce((sum, n) => sum + n.memoryMib, 0)
  const disk = booking.request.nodes.reduce((sum, n) => sum + n.diskMib, 0)
  const rows = amountsOf(booking).filter((a) => a.limit !== 'windowHours')
  return (
    <section aria-label="What it uses" className="flex flex-col gap-2.5">
      <h3 className="font-semibold text-sm">What it uses</h3>
      {rows.map((row) => {
        const automatic = policy.automatic[row.limit]
        const beyond = row.value > automatic
        const unit = row.unit.trim() || 'hosts'
        return (
          <div key={row.limit}>
            <Meter
              label={`${row.what[0]?.toUpperCase()}${row.what.slice(1)}`}
              used={row.value}
              of={beyond ? policy.most[row.limit] : automatic}
              unit={unit}
            />
            {beyond && (
              <p className="mt-0.5 text-changing text-xs">
                More than the {amount(automatic, unit)} that are approved at once.
              </p>
            )}
          </div>
        )
      })}
      <p className="flex justify-between text-muted text-xs">
        <span>Memory</span>
        <span className="tabular">{amount(memory, 'MiB')}</span>
      </p>
      <p className="flex justify-between text-muted text-xs">
        <span>Disk</span>
        <span className="tabular">{amount(disk, 'MiB')}</span>
      </p>
    </section>
  )
}

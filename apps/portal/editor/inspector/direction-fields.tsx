'use client'
// What happens to frames in one direction of a link.
import type { Impairment } from '@myvini/core/topology/emulation'
import { MOST_DELAY_MS } from '@myvini/core/topology/emulation'
import { Field } from '../../components/field'
import { Select } from '../../components/input'
import { Switch } from '../../components/toggles'
import { NumberField } from './fields'
import { SliderField } from './slider-field'

export interface DirectionProps {
  value: Impairment
  /** Null: nothing may be changed. */
  onChange: ((patch: Partial<Impairment>, what: string) => void) | null
}

export function DirectionFields({ value, onChange }: DirectionProps) {
  const disabled = onChange === null
  const set = (patch: Partial<Impairment>, what: string) => onChange?.(patch, what)
  return (
    <div className="flex flex-col gap-3">
      <Switch
        visible
        label="Down: nothing arrives"
        checked={value.down}
        disabled={disabled}
        onChange={(down) => set({ down }, 'whether it is down')}
      />
      <SliderField
        label="Delay"
        value={value.delayMs}
        most={MOST_DELAY_MS}
        far={500}
        step={0.1}
        unit="ms"
        disabled={disabled}
        onChange={(delayMs) => set({ delayMs }, 'the delay')}
      />
      <div className="grid grid-cols-2 gap-2">
        <NumberField
          label="Jitter"
          value={value.jitterMs}
          min={0}
          max={MOST_DELAY_MS}
          unit="ms ±"
          disabled={disabled}
          onChange={(jitterMs) => jitterMs !== null && set({ jitterMs }, 'the jitter')}
        />
        <Field label="Spread">
          {(control) => (
            <Select
              {...control}
              value={value.jitterShape}
              disabled={disabled || value.jitterMs === 0}
              onChange={(e) =>
                set({ jitterShape: e.target.value === 'uniform' ? 'uniform' : 'normal' }, 'the jitter’s spread')
              }
            >
              <option value="normal">Normal</option>
              <option value="uniform">Uniform</option>
            </Select>
          )}
        </Field>
      </div>
      <SliderField
        label="Loss"
        value={value.lossPercent}
        most={100}
        far={30}
        step={0.1}
        unit="%"
        disabled={disabled}
        onChange={(lossPercent) => set({ lossPercent }, 'the loss')}
      />
      <NumberField
        label="Rate"
        value={value.rateMbps}
        min={0.01}
        max={100_000}
        unit="Mbit/s"
        optional
        placeholder="as reserved"
        help={value.trace ? 'The trace says the rate.' : undefined}
        disabled={disabled || value.trace !== null}
        onChange={(rateMbps) => set({ rateMbps }, 'the rate')}
      />
      <details className="group">
        <summary className="cursor-pointer rounded-sm text-muted text-sm hover:text-ink">
          Bursts, duplicates, reordering, damage
        </summary>
        <div className="mt-2 grid grid-cols-2 gap-2">
          <Share
            label="Losses in runs"
            value={value.lossCorrelationPercent}
            most={99}
            disabled={disabled || value.lossPercent === 0}
            onChange={(lossCorrelationPercent) => set({ lossCorrelationPercent }, 'the loss correlation')}
          />
          <Share
            label="Twice"
            value={value.duplicatePercent}
            disabled={disabled}
            onChange={(duplicatePercent) => set({ duplicatePercent }, 'the duplicates')}
          />
          <Share
            label="Overtake"
            value={value.reorderPercent}
            disabled={disabled}
            onChange={(reorderPercent) => set({ reorderPercent }, 'the reordering')}
          />
          <Share
            label="Damaged"
            value={value.corruptPercent}
            disabled={disabled}
            onChange={(corruptPercent) => set({ corruptPercent }, 'the damage')}
          />
        </div>
        {value.reorderPercent > 0 && value.delayMs === 0 && (
          <p className="mt-2 text-changing text-xs">Without a delay there is nothing to overtake.</p>
        )}
      </details>
    </div>
  )
}

interface ShareProps {
  label: string
  value: number
  most?: number
  disabled: boolean
  onChange: (value: number) => void
}

function Share({ label, value, most = 100, disabled, onChange }: ShareProps) {
  return (
    <NumberField
      label={label}
      value={value}
      min={0}
      max={most}
      unit="%"
      disabled={disabled}
      onChange={(next) => next !== null && onChange(next)}
    />
  )
}

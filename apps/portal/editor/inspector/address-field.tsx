'use client'
import { isUsableByHost, parseCidr } from '@myvini/core/addressing/cidr'
import { ParsedField } from './fields'

interface AddressFieldProps {
  label: string
  version: 4 | 6
  value: string | null
  onChange: (value: string | null) => void
  error?: string | null
  aside?: React.ReactNode
  disabled?: boolean
}

const EXAMPLE = { 4: '10.0.0.1/24', 6: '2001:db8::1/64' }

/** An address with its prefix length; empty means none. */
export function AddressField({ label, version, value, onChange, error, aside, disabled }: AddressFieldProps) {
  return (
    <ParsedField<string | null>
      label={label}
      value={value}
      mono
      aside={aside}
      error={error ?? null}
      disabled={disabled ?? false}
      placeholder={disabled ? 'none' : EXAMPLE[version]}
      format={(text) => text ?? ''}
      onChange={onChange}
      parse={(text) => {
        const trimmed = text.trim()
        if (trimmed === '') return { ok: true, value: null }
        const cidr = parseCidr(trimmed)
        if (!cidr) {
          if (!trimmed.includes('/') && parseCidr(`${trimmed}/${version === 4 ? 24 : 64}`))
            return { ok: false, why: `Add the length of its network, such as ${trimmed}/${version === 4 ? 24 : 64}.` }
          return { ok: false, why: `An IPv${version} address with a length, such as ${EXAMPLE[version]}.` }
        }
        if (cidr.version !== version) return { ok: false, why: `This is an IPv${cidr.version} address.` }
        if (!isUsableByHost(cidr)) return { ok: false, why: 'This names the whole network, not one host in it.' }
        return { ok: true, value: trimmed }
      }}
    />
  )
}

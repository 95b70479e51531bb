'use client'
// In which VLANs of a LAN is a link?
import { LIMITS, type LinkVlan, type VirtualLink } from '@myvini/core/topology/topology'
import { Field } from '../../components/field'
import { Choice } from '../../components/toggles'
import { useShown, useWorkspace } from '../workspace-context'
import { NumberField, ParsedField } from './fields'

const MOST_VID = 4094

export const vlanWords = (vlan: LinkVlan | undefined): string =>
  vlan?.mode === 'trunk' ? `trunk ${vlan.vids.join(', ')}` : `VLAN ${vlan?.vid ?? 1}`

function parseVids(text: string): { ok: true; value: number[] } | { ok: false; why: string } {
  const words = text.split(/[\s,]+/).filter((word) => word !== '')
  const vids = [...new Set(words.map(Number))].toSorted((a, b) => a - b)
  if (vids.some((vid) => !Number.isInteger(vid) || vid < 1 || vid > MOST_VID))
    return { ok: false, why: `Numbers from 1 to ${MOST_VID}, such as 10, 20.` }
  if (vids.length > LIMITS.vlansPerLink) return { ok: false, why: `At most ${LIMITS.vlansPerLink} of them.` }
  return { ok: true, value: vids }
}

/** Nothing where the end is no LAN, or a LAN without VLANs for which none was given. */
export function VlanField({ link, index, readOnly }: { link: VirtualLink; index: 0 | 1; readOnly: boolean }) {
  const { shown } = useWorkspace()
  const end = link.ends[index]
  const lan = useShown((s) => s.history.present.lans.find((l) => end.kind === 'lan' && l.id === end.lan))
  if (end.kind !== 'lan' || !lan || (!lan.vlanFiltering && !end.vlan)) return null
  const vlan: LinkVlan = end.vlan ?? { mode: 'access', vid: 1 }
  const set = (next: LinkVlan | null) =>
    shown.edit(
      { kind: 'set-vlan', link: link.id, end: index, vlan: next },
      `Change the VLAN of a link at ${lan.name}`,
      `link ${link.id} vlan ${index} ${next?.mode}`,
    )
  if (!lan.vlanFiltering)
    return (
      <button
        type="button"
        disabled={readOnly}
        onClick={() => set(null)}
        className="self-start rounded-sm text-accent text-sm hover:underline disabled:opacity-50"
      >
        Take away {vlanWords(vlan)}
      </button>
    )
  return (
    <>
      <Field label={`VLANs at ${lan.name}`} group>
        {(control) => (
          <Choice
            id={control.id}
            label={`VLANs at ${lan.name}`}
            disabled={readOnly}
            value={vlan.mode}
            onChange={(mode) =>
              set(
                mode === 'trunk'
                  ? { mode, vids: vlan.mode === 'access' ? [vlan.vid] : vlan.vids }
                  : { mode, vid: vlan.mode === 'trunk' ? (vlan.vids[0] ?? 1) : vlan.vid },
              )
            }
            options={[
              { value: 'access', label: 'Access', title: 'One VLAN, without tags' },
              { value: 'trunk', label: 'Trunk', title: 'Several VLANs, each frame with its tag' },
            ]}
          />
        )}
      </Field>
      {vlan.mode === 'access' ? (
        <NumberField
          label="VLAN"
          value={vlan.vid}
          min={1}
          max={MOST_VID}
          whole
          disabled={readOnly}
          onChange={(vid) => vid !== null && set({ mode: 'access', vid })}
        />
      ) : (
        <ParsedField<number[]>
          label="VLANs carried"
          value={vlan.vids}
          format={(vids) => vids.join(', ')}
          parse={parseVids}
          onChange={(vids) => set({ mode: 'trunk', vids })}
          placeholder="such as 10, 20"
          help="Frames bear the tag of their VLAN."
          mono
          disabled={readOnly}
        />
      )}
    </>
  )
}

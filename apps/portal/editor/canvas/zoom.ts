'use client'
import { useStore } from '@xyflow/react'

/** What can be read at a zoom: dots, names, or every address. */
export type Detail = 'far' | 'middle' | 'near'

const detailAt = (zoom: number): Detail => (zoom < 0.38 ? 'far' : zoom < 0.85 ? 'middle' : 'near')

/** Changes only when another kind of detail becomes legible, not with every turn of the wheel. */
export const useDetail = (): Detail => useStore((s) => detailAt(s.transform[2]))

/** A name at its size on paper is too small to read below this zoom. */
const LEGIBLE_ZOOM = 0.85

/** By how much names are drawn larger than the rest so that they can still be read; in steps, as every step redraws. */
export const useNameScale = (): number =>
  useStore((s) => Math.min(1.75, Math.max(1, Math.round((LEGIBLE_ZOOM / s.transform[2]) * 8) / 8)))

/** The whole drawing, not larger than life, clear of the toolbar. */
export const FIT = { padding: { top: 0.1, left: 0.08, right: 0.08, bottom: '72px' }, maxZoom: 1.25 } as const

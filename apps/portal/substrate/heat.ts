// How full is something, as a colour? One scale for maps and the calendar: calm while there is room, amber as it fills, red
// at the brim. The numbers stand beside it; colour is never the only sign.

export function heatColor(share: number): string {
  const at = Math.max(0, Math.min(1, share))
  if (at >= 0.995) return 'var(--failed)'
  if (at > 0.6) {
    const part = Math.round(((at - 0.6) / 0.4) * 100)
    return `color-mix(in oklab, var(--failed) ${Math.round(part * 0.5)}%, var(--changing-line))`
  }
  return `color-mix(in oklab, var(--waiting) ${Math.round(35 + (at / 0.6) * 65)}%, var(--raised))`
}

/** Of words on that colour, readable in light and dark. */
export function wordsOnHeat(share: number): string {
  if (share >= 0.995) return 'var(--page)'
  if (share > 0.6) return '#1b1206'
  return share > 0.25 ? 'var(--page)' : 'var(--ink)'
}

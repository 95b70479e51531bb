/** Bytes as people read them, in powers of 1,024. */
export function sizeWords(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  const units = ['KiB', 'MiB', 'GiB', 'TiB']
  let at = 0
  let n = bytes / 1024
  while (n >= 1024 && at < units.length - 1) {
    n /= 1024
    at++
  }
  return `${n.toFixed(1)} ${units[at]}`
}

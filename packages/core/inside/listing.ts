// What is in a folder of a virtual host? Read from what the program behind `list` says: records that end with a zero, as
// names may hold everything else.

export interface ListedFile {
  name: string
  kind: 'file' | 'folder' | 'other'
  /** A symbolic link; `kind` is of what it leads to. */
  isLink: boolean
  bytes: number
  /** Seconds since 1970. */
  changedS: number
  /** The lower twelve bits of its mode, octal: `644`. */
  mode: string
}

export interface Listing {
  /** Where the folder really is, links followed. */
  folder: string
  files: ListedFile[]
  /** There are more than were told. */
  cut: boolean
}

const KIND: Record<string, ListedFile['kind']> = { f: 'file', d: 'folder' }

function fileOf(record: string): ListedFile | null {
  const [own, target, bytes, changed, mode, ...name] = record.split('\t')
  if (own === undefined || target === undefined || mode === undefined || name.length === 0) return null
  return {
    name: name.join('\t'),
    kind: KIND[target] ?? 'other',
    isLink: own === 'l',
    bytes: Number(bytes),
    changedS: Math.floor(Number(changed)),
    mode,
  }
}

/** Folders first, then by name; `text` is the whole of its output, `cut` where some of that is missing. */
export function readListing(text: string, cut: boolean): Listing {
  const records = text.split('\0')
  // What follows the last zero is nothing, or was cut in its middle.
  records.pop()
  const [folder = '/', ...rest] = records
  const files = rest.flatMap((record) => fileOf(record) ?? [])
  files.sort(
    (a, b) =>
      Number(b.kind === 'folder') - Number(a.kind === 'folder') || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  )
  return { folder, files, cut }
}

// What does a guest boot from? An archive in the "newc" format (Linux, Documentation/driver-api/early-userspace/buffer-format.rst).
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'

export interface Entry {
  name: string
  mode: number
  content: Buffer
}

const DIRECTORY = 0o040755
const FILE = 0o100755
const pad = (length: number) => Buffer.alloc((4 - (length % 4)) % 4)

function record({ name, mode, content }: Entry, inode: number): Buffer {
  const hex = (n: number) => n.toString(16).padStart(8, '0')
  const fields = [inode, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, name.length + 1, 0]
  const head = Buffer.from(`070701${fields.map(hex).join('')}${name}\0`)
  return Buffer.concat([head, pad(head.length), content, pad(content.length)])
}

/** Files by their path in the guest; folders are made as they are needed. */
export function initramfs(files: ReadonlyMap<string, Buffer>): Buffer {
  const folders = new Set<string>()
  for (const file of [...files.keys(), 'proc/.', 'sys/.', 'dev/.', 'run/.', 'tmp/.'])
    for (let at = path.dirname(file); at !== '.'; at = path.dirname(at)) folders.add(at)
  const entries: Entry[] = [
    ...[...folders].sort().map((name) => ({ name, mode: DIRECTORY, content: Buffer.alloc(0) })),
    ...[...files].map(([name, content]) => ({ name, mode: FILE, content })),
    { name: 'TRAILER!!!', mode: 0, content: Buffer.alloc(0) },
  ]
  return Buffer.concat(entries.map((entry, i) => record(entry, i + 1)))
}

/** A program of this machine with the libraries it is linked with, for another root. */
export function withLibraries(program: string): [string, Buffer][] {
  const linked = execFileSync('ldd', [program], { encoding: 'utf8' })
  const libraries = [...linked.matchAll(/(\/\S+) \(0x/g)].map(([, file]) => file ?? '')
  return [program, ...libraries].map((file) => [file.slice(1), readFileSync(file)])
}

// What does a command inside a played host say? There is no kernel behind it: it says so, ends, and keeps files in memory.
import { Duplex } from 'node:stream'
import type { HostSpec } from '@myvini/core/desired/node-spec'
import { writeFrame } from '@myvini/core/inside/frames'
import { INSIDE_EXIT, type InsideRequest } from '@myvini/core/inside/request'
import type { Inside } from '@myvini/transport/node-connection'

/** By host and path; for one process. */
const files = new Map<string, Buffer>()

interface Said {
  exitCode: number
  out?: Buffer | string
  err?: string
}

function answer(
  host: HostSpec,
  { word, arguments: [first = '', second = '', third = ''] }: InsideRequest,
  fed: Buffer,
): Said {
  const key = `${host.key} ${first}`
  switch (word) {
    case 'exec':
      return { exitCode: 0, out: `${host.name} is played: "${first}" was not run.\n` }
    case 'list': {
      const own = [...files].flatMap(([name, content]) => {
        const path = name.startsWith(`${host.key} ${first}/`) ? name.slice(host.key.length + first.length + 2) : ''
        return path === '' ? [] : `f\tf\t${content.length}\t0\t644\t${path}\0`
      })
      return { exitCode: 0, out: `${first}\0${own.join('')}` }
    }
    case 'get': {
      const content = files.get(key)
      if (!content) return { exitCode: INSIDE_EXIT.noSuch, err: `There is no file ${first}.` }
      return { exitCode: 0, out: Buffer.concat([Buffer.from(`${content.length}\n`), content]) }
    }
    case 'put':
      if (files.has(key) && third !== 'overwrite')
        return { exitCode: INSIDE_EXIT.thereAlready, err: `${first} is there already.` }
      if (fed.length !== Number(second)) return { exitCode: INSIDE_EXIT.brokenOff, err: 'It broke off.' }
      files.set(key, fed)
      return { exitCode: 0 }
  }
}

export function simulatedInside(host: HostSpec, request: InsideRequest): Inside {
  const fed: Buffer[] = []
  const stream = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _, done) => {
      fed.push(chunk)
      done()
    },
    final: (done) => {
      if (request.word === 'put') end()
      done()
    },
  })
  const end = () => {
    const { exitCode, out = '', err = '' } = answer(host, request, Buffer.concat(fed))
    const output = Buffer.from(out)
    for (let at = 0; at < output.length; at += 32_768) stream.push(writeFrame('o', output.subarray(at, at + 32_768)))
    if (err !== '') stream.push(writeFrame('e', Buffer.from(err)))
    stream.push(
      writeFrame('x', Buffer.from(JSON.stringify({ exitCode, cut: false, late: false, bytes: output.length }))),
    )
    stream.push(null)
  }
  if (request.word !== 'put') setTimeout(end, 20)
  return { stream, reason: () => '' }
}

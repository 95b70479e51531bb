// Commands inside virtual hosts, for tests: as who asks sees them.
import { FrameReader, type InsideEnd } from '@myvini/core/inside/frames'
import type { InsideRequest } from '@myvini/core/inside/request'
import type { Inside, NodeConnection } from '@myvini/transport/node-connection'

export interface Ended {
  /** Null: it was lost, or the node refused it and said why in `stderr`. */
  end: InsideEnd | null
  stdout: Buffer
  stderr: string
}

export async function hearOut(inside: Inside): Promise<Ended> {
  const reader = new FrameReader()
  const out: Buffer[] = []
  const err: Buffer[] = []
  let end: InsideEnd | null = null
  inside.stream.on('data', (chunk: Buffer) => {
    for (const frame of reader.push(chunk))
      if (frame.kind === 'end') end = frame.end
      else (frame.kind === 'stdout' ? out : err).push(Buffer.from(frame.bytes))
  })
  await new Promise((resolve) => inside.stream.once('close', resolve))
  return { end, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString() + inside.reason() }
}

export async function askInside(
  connection: NodeConnection,
  host: string,
  request: InsideRequest,
  fed?: Buffer,
): Promise<Ended> {
  const opened = await connection.openInside(host, request)
  if (!opened.ok) throw new Error(opened.problem.message)
  const heard = hearOut(opened.value)
  if (fed) opened.value.stream.end(fed)
  return heard
}

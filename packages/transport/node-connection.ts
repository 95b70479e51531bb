// What can a controller do with a substrate node? The interface that real nodes (SSH) and simulated ones both fulfil.
import type { Duplex, Readable } from 'node:stream'
import type { CaptureRequest } from '@myvini/core/desired/capture'
import type { Hello, NodeReport, NodeStats } from '@myvini/core/desired/report'
import type { InsideRequest } from '@myvini/core/inside/request'
import type { Result } from '@myvini/core/result'

/** Where a node is and how it proves that it is the one. */
export interface NodeTarget {
  /** For messages. */
  name: string
  host: string
  port: number
  user: string
  /** As in known_hosts: `ssh-ed25519 AAAA…`. */
  hostKey: string
}

export interface TerminalSize {
  columns: number
  rows: number
}

export interface TerminalRequest extends TerminalSize {
  /** Key of the virtual host in the node's spec. */
  host: string
  /** Names the session on the node: the same name joins it again, with what was on the screen. */
  session: string
}

export interface Terminal {
  write(data: Buffer): void
  resize(size: TerminalSize): void
  onData(listener: (data: Buffer) => void): void
  /** Once; null when the connection was lost rather than the shell ended. */
  onEnd(listener: (exitCode: number | null) => void): void
  /** Back-pressure: the node stops sending while paused. */
  pause(): void
  resume(): void
  /** Leaves the session running on the node. */
  close(): void
}

/** A capture that runs: pcapng, as it comes. */
export interface Capture {
  onData(listener: (data: Buffer) => void): void
  /** Once; null when the connection was lost; the reason where it could not begin or broke. */
  onEnd(listener: (exitCode: number | null, reason: string) => void): void
  /** Back-pressure: what the node cannot keep meanwhile is counted as lost. */
  pause(): void
  resume(): void
  /** Lets it write its last block and end. */
  finish(): void
  close(): void
}

export interface Inside {
  stream: Duplex
  /** Once the stream has ended: what the node said beside it, where it could not begin. */
  reason(): string
}

export interface NodeConnection {
  hello(): Promise<Result<Hello>>
  /** `spec` is the JSON text of a NodeSpec: the bytes that were published. */
  apply(spec: string): Promise<Result<{ generation: number }>>
  /** Looks at the node's kernel now. */
  observe(): Promise<Result<NodeReport>>
  stats(): Promise<Result<NodeStats>>
  /** Also called at once with the last report there was. */
  onReport(listener: (report: NodeReport) => void): void
  /** Brings an image (gzip of a tar) under the hash of its unpacked content; the node checks that it is that. */
  sendImage(hash: string, content: Readable): Promise<Result<null>>
  openTerminal(request: TerminalRequest): Promise<Result<Terminal>>
  /** The host's forwarding tables, looked at again and again: a line of JSON (`ip -j route`) for IPv4, then one for IPv6. */
  openRoutes(host: string): Promise<Result<Capture>>
  /** What the host has on its disk, as a tar archive made inside it; `close` ends it. */
  openFiles(host: string): Promise<Result<Capture>>
  /**
   * A command inside a host. What comes out are frames (core/inside/frames.ts), the last of which says how it ended; a
   * stream that ends without it was lost, and what was said beside it is in `reason`. What goes in is for `put`; otherwise
   * its end, like destroying it, ends the command.
   */
  openInside(host: string, request: InsideRequest): Promise<Result<Inside>>
  openCapture(request: CaptureRequest): Promise<Result<Capture>>
  /** Resolves with the reason when the connection is over, whoever ended it. */
  readonly closed: Promise<string>
  close(): void
}

export interface NodeTransport {
  /** Connects to an enrolled node; brings its agent up to date if it is another than ours. */
  connect(target: NodeTarget, signal: AbortSignal): Promise<Result<NodeConnection>>
  /** First contact: installs the agent and binds our key to it. Repeating it does no harm. */
  enrol(target: NodeTarget, signal: AbortSignal): Promise<Result<null>>
}

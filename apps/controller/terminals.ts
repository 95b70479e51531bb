// Which connection carries a terminal, or a capture? The node worker's where the node is ours; else one of our own, kept while used.
import { fail, type Result } from '@myvini/core/result'
import type { Database } from '@myvini/store/database'
import type { Ticket } from '@myvini/store/ticket'
import type {
  Capture,
  Inside,
  NodeConnection,
  NodeTransport,
  Terminal,
  TerminalSize,
} from '@myvini/transport/node-connection'
import type { NodePool } from './node-pool'

export class Terminals {
  private foreign = new Map<string, Promise<Result<NodeConnection>>>()

  constructor(
    private readonly db: Database,
    private readonly pool: NodePool,
    private readonly transport: NodeTransport,
  ) {}

  async open(ticket: Ticket, size: TerminalSize): Promise<Result<Terminal>> {
    const request = { host: ticket.host, session: ticket.session, ...size }
    const own = this.pool.connectionTo(ticket.node)
    if (own) return own.openTerminal(request)
    const connection = await this.connect(ticket.node)
    return connection.ok ? connection.value.openTerminal(request) : connection
  }

  async capture(ticket: Ticket): Promise<Result<Capture>> {
    if (!ticket.capture)
      return fail({ code: 'capture.no-ticket', message: 'This is not for a capture.', hint: 'Reload the slice.' })
    const own = this.pool.connectionTo(ticket.node)
    if (own) return own.openCapture(ticket.capture)
    const connection = await this.connect(ticket.node)
    return connection.ok ? connection.value.openCapture(ticket.capture) : connection
  }

  async routes(ticket: Ticket): Promise<Result<Capture>> {
    const own = this.pool.connectionTo(ticket.node)
    if (own) return own.openRoutes(ticket.host)
    const connection = await this.connect(ticket.node)
    return connection.ok ? connection.value.openRoutes(ticket.host) : connection
  }

  async inside(ticket: Ticket): Promise<Result<Inside>> {
    if (!ticket.inside)
      return fail({ code: 'inside.no-ticket', message: 'This is not for a command.', hint: 'Reload the slice.' })
    const own = this.pool.connectionTo(ticket.node)
    if (own) return own.openInside(ticket.host, ticket.inside)
    const connection = await this.connect(ticket.node)
    return connection.ok ? connection.value.openInside(ticket.host, ticket.inside) : connection
  }

  private connect(nodeId: string): Promise<Result<NodeConnection>> {
    const known = this.foreign.get(nodeId)
    if (known) return known
    const dialling = this.dial(nodeId)
    this.foreign.set(nodeId, dialling)
    void dialling.then(async (result) => {
      if (result.ok) await result.value.closed
      this.foreign.delete(nodeId)
    })
    return dialling
  }

  private async dial(nodeId: string): Promise<Result<NodeConnection>> {
    const row = await this.db.substrateNode.findUnique({ where: { id: nodeId } })
    if (!row)
      return fail({ code: 'terminal.no-node', message: 'The substrate node is gone.', hint: 'Reload the slice.' })
    const target = { name: row.name, host: row.sshHost, port: row.sshPort, user: row.sshUser, hostKey: row.hostKey }
    return this.transport.connect(target, AbortSignal.timeout(15_000))
  }

  async close() {
    for (const dialling of this.foreign.values()) {
      const result = await dialling
      if (result.ok) result.value.close()
    }
  }
}

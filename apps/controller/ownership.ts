// Which nodes are mine to talk to? Advisory locks on one database connection: a killed controller's nodes are free as soon
// as the database notices that its connection is gone, and no clock is trusted. Generations make a double owner harmless.
import pg from 'pg'

/** First half of the two-part lock key; the second is a hash of the node's id. */
const LOCK_CLASS = 0x4d56
const LEAD_CLASS = 0x4d57
/** Held by each controller on its own id for as long as it lives. */
const ALIVE_CLASS = 0x4d58

export class Ownership {
  private client: pg.Client | null = null
  private owned = new Set<string>()
  private led = new Set<string>()
  private turn: Promise<unknown> = Promise.resolve()

  constructor(
    private readonly url: string,
    private readonly controllerId: string,
    private readonly onLost: () => void,
  ) {}

  /** One after the other: a connection answers one question at a time, and what was taken is noted before the next is asked. */
  private inTurn<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const done = this.turn.then(async () => work(this.client ?? (await this.connect())))
    // Whoever asked is told of a failure; those who come after have a question of their own.
    this.turn = done.catch(() => undefined)
    return done
  }

  private async connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.url,
      keepAlive: true,
      application_name: 'myvini-controller-locks',
    })
    const lost = () => {
      if (this.client !== client) return
      this.client = null
      this.owned.clear()
      this.led.clear()
      this.onLost()
    }
    client.on('error', lost)
    client.on('end', lost)
    await client.connect()
    await client.query('SELECT pg_advisory_lock($1, hashtext($2))', [ALIVE_CLASS, this.controllerId])
    this.client = client
    return client
  }

  /**
   * Takes nodes that nobody has, up to a fair share, and gives back what is beyond it. `nodes` are all there are,
   * `controllers` how many of us are alive. Returns what is ours now.
   */
  claim(nodes: readonly string[], controllers: number): Promise<ReadonlySet<string>> {
    return this.inTurn((client) => this.claimBy(client, nodes, controllers))
  }

  private async claimBy(client: pg.Client, nodes: readonly string[], controllers: number) {
    const share = Math.ceil(nodes.length / Math.max(1, controllers))
    const exist = new Set(nodes)
    const all = [...this.owned]
    const kept = all.filter((node) => exist.has(node)).slice(0, share)
    const keeps = new Set(kept)
    const tooMuch = all.filter((node) => !keeps.has(node))
    if (tooMuch.length > 0)
      await client.query('SELECT pg_advisory_unlock($1, hashtext(id)) FROM unnest($2::text[]) AS id', [
        LOCK_CLASS,
        tooMuch,
      ])
    for (const node of tooMuch) this.owned.delete(node)
    // As many as are lacking in one question; more questions only while others hold those that were asked for.
    const free = nodes.filter((node) => !this.owned.has(node))
    for (let at = 0; this.owned.size < share && at < free.length; ) {
      const some = free.slice(at, at + share - this.owned.size)
      at += some.length
      const { rows } = await client.query<{ id: string; got: boolean }>(
        'SELECT id, pg_try_advisory_lock($1, hashtext(id)) AS got FROM unnest($2::text[]) AS id',
        [LOCK_CLASS, some],
      )
      for (const { id, got } of rows) if (got) this.owned.add(id)
    }
    return this.owned
  }

  /**
   * Forgets controllers that are no more, as the database sees it at this instant, and counts those that are. A clock
   * would call a killed one alive for a while, and its nodes would wait for so long.
   */
  census(): Promise<number> {
    return this.inTurn((client) => this.count(client))
  }

  private async count(client: pg.Client): Promise<number> {
    const alive = `SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND classid = ${ALIVE_CLASS} AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`
    // Lock keys are unsigned in the catalogue, hashes are not.
    await client.query(`DELETE FROM "ControllerInstance" WHERE (hashtext("id")::bigint & 4294967295) NOT IN (${alive})`)
    const { rows } = await client.query<{ count: number }>(`SELECT count(*)::int AS count FROM (${alive}) a`)
    return rows[0]?.count ?? 1
  }

  /**
   * Whether we are the one that does a work which two at once would only do in each other's way. Kept until we end or
   * the connection is lost; then the next that asks has it.
   */
  leads(work: string): Promise<boolean> {
    return this.inTurn((client) => this.lead(client, work))
  }

  private async lead(client: pg.Client, work: string): Promise<boolean> {
    if (this.led.has(work)) return true
    const { rows } = await client.query<{ got: boolean }>('SELECT pg_try_advisory_lock($1, hashtext($2)) AS got', [
      LEAD_CLASS,
      work,
    ])
    if (rows[0]?.got) this.led.add(work)
    return this.led.has(work)
  }

  async close() {
    const { client } = this
    this.client = null
    await client?.end()
  }
}

// What do the workers of all nodes ask the database, and tell it? The same few things each; for many nodes in one statement.
import type { Hello, NodeReport } from '@myvini/core/desired/report'
import type { SubstrateNodeId } from '@myvini/core/ids'
import type { Database } from '@myvini/store/database'
import { type ReportMemory, recordReports } from '@myvini/store/reports'
import { findWaitingSaves } from '@myvini/store/saved-hosts'
import { type Acknowledged, loadNewestSpecs, type Newest } from '@myvini/store/specs'
import { loadDials, type NodeDial, recordAccepted, recordHellos } from '@myvini/store/substrate'
import { Gathering } from './gathering'

/** Rows that one statement holds at most: others wait for a node's row only for so long. */
const TOGETHER = 100
/** The newest specs of so many nodes are in memory at once; each may have megabytes. */
const SPECS_TOGETHER = 25

export class NodeRecords {
  private readonly dials: Gathering<SubstrateNodeId, NodeDial | null>
  private readonly hellos: Gathering<{ node: SubstrateNodeId; hello: Hello }, number | null>
  private readonly specs: Gathering<Acknowledged, Newest | null>
  private readonly reports: Gathering<{ node: SubstrateNodeId; report: NodeReport }, boolean>
  private readonly saves: Gathering<SubstrateNodeId, boolean>
  private readonly takers: Gathering<SubstrateNodeId, null>

  constructor(db: Database, memory: ReportMemory) {
    this.dials = new Gathering(TOGETHER, async (nodes) => {
      const found = await loadDials(db, nodes)
      return nodes.map((node) => found.get(node) ?? null)
    })
    this.hellos = new Gathering(TOGETHER, async (hellos) => {
      const generations = await recordHellos(db, hellos)
      return hellos.map(({ node }) => generations.get(node) ?? null)
    })
    this.specs = new Gathering(SPECS_TOGETHER, async (known) => {
      const newest = await loadNewestSpecs(db, known)
      return known.map(({ node }) => newest.get(node) ?? null)
    })
    this.reports = new Gathering(TOGETHER, (reports) => recordReports(db, reports, memory))
    this.saves = new Gathering(TOGETHER, async (nodes) => {
      const waiting = await findWaitingSaves(db, nodes)
      return nodes.map((node) => waiting.has(node))
    })
    this.takers = new Gathering(TOGETHER, async (nodes) => {
      await recordAccepted(db, nodes)
      return nodes.map(() => null)
    })
  }

  /** How to reach it; null: it is no more. */
  dial = (node: SubstrateNodeId) => this.dials.ask(node)

  /** It answers. Gives the newest generation that is published for it; null: it is no more. */
  hello = (node: SubstrateNodeId, hello: Hello) => this.hellos.ask({ node, hello })

  /** Null: it has the newest, or none is published. */
  newest = (node: SubstrateNodeId, generation: number) => this.specs.ask({ node, generation })

  /** It took its newest spec. */
  accepted = (node: SubstrateNodeId) => this.takers.ask(node)

  /** Whether anything of the report was news. */
  report = (node: SubstrateNodeId, report: NodeReport) => this.reports.ask({ node, report })

  /** Whether somebody wants a host of it saved. */
  hasSaves = (node: SubstrateNodeId) => this.saves.ask(node)
}

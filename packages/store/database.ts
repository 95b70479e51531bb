// How does a process reach the database? One pool and one Prisma client over it.
import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaClient } from './generated/client'
import { statementNames } from './statement-names'

export type Database = PrismaClient
/** Inside a transaction: the same without opening another. */
export type Transaction = Omit<PrismaClient, '$connect' | '$disconnect' | '$on' | '$transaction' | '$extends'>

export interface DatabaseOptions {
  url: string
  /** Connections kept at most; each takes about 10 MB of the server's memory. */
  connections: number
}

/** Nothing is connected until the first query; end it with `$disconnect()`. */
export function openDatabase({ url, connections }: DatabaseOptions): Database {
  const statementNameGenerator = statementNames()
  return new PrismaClient({
    adapter: new PrismaPg({ connectionString: url, max: connections }, { statementNameGenerator }),
  })
}

// For real installations: the database of DATABASE_URL gets the schema and the templates, and no logins.
import { openDatabase } from '@myvini/store/database'
import { migrateDatabase } from './database'
import { seedTemplates } from './seed'

export async function migrateCommand(): Promise<number> {
  const url = process.env.DATABASE_URL
  if (url === undefined) throw new Error('DATABASE_URL is not set; it names the database to bring up to date')
  const applied = await migrateDatabase(url)
  const db = openDatabase({ url, connections: 1 })
  try {
    await seedTemplates(db)
  } finally {
    await db.$disconnect()
  }
  process.stdout.write(applied.length > 0 ? `applied ${applied.join(', ')}\n` : 'the database is up to date\n')
  return 0
}

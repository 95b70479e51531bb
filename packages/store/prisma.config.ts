import { fileURLToPath } from 'node:url'
import { defineConfig } from 'prisma/config'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

// Prisma's own schema engine is a download that a machine behind a mirror cannot make; the WASM build from npm stands in.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= here('./engine/schema-engine.mjs')

export default defineConfig({
  schema: here('../../prisma/schema.prisma'),
  migrations: { path: here('../../prisma/migrations') },
  datasource: { url: process.env.DATABASE_URL ?? 'postgresql://nobody@127.0.0.1:1/none' },
})

// Builds our own server as one file beside what Next has built: it serves the pages, and the terminals' WebSockets.
import { build } from 'esbuild'

await build({
  entryPoints: ['server/main.ts'],
  outfile: 'dist/server.mjs',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  sourcemap: true,
  legalComments: 'none',
  // Next finds its own parts beside itself; the others look for optional native parts that are not there.
  external: ['next', 'pg-native', 'bufferutil', 'utf-8-validate', '*.node'],
  loader: { '.wasm': 'binary' },
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
})

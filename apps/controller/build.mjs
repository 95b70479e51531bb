// Builds the controller as one file, so that it starts quickly and needs no source beside it.
import { build } from 'esbuild'

await build({
  entryPoints: ['main.ts'],
  outfile: 'dist/controller.mjs',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  sourcemap: true,
  legalComments: 'none',
  // ssh2 looks for optional native parts of itself; it works without them.
  external: ['*.node', 'cpu-features', 'pg-native'],
  loader: { '.wasm': 'binary' },
  // Some dependencies are CommonJS at heart and look for what that gives them.
  banner: {
    js: [
      "import { createRequire as requireFrom } from 'node:module'",
      "import { dirname as folderOf } from 'node:path'",
      "import { fileURLToPath as pathOf } from 'node:url'",
      'const require = requireFrom(import.meta.url)',
      'const __filename = pathOf(import.meta.url)',
      'const __dirname = folderOf(__filename)',
    ].join(';'),
  },
})

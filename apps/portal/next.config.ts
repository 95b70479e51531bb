import { fileURLToPath } from 'node:url'
import type { NextConfig } from 'next'

const config: NextConfig = {
  // The packages of this repository are TypeScript source; they are compiled with the portal.
  transpilePackages: ['@myvini/core', '@myvini/store'],
  turbopack: { root: fileURLToPath(new URL('../..', import.meta.url)) },
  // Their own loaders look for files beside them, which bundling would take away.
  serverExternalPackages: ['pg', 'pino', '@prisma/client', '@prisma/adapter-pg', 'better-auth'],
  // The compiler runs as a step of its own (turbo run typecheck).
  typescript: { ignoreBuildErrors: true },
  poweredByHeader: false,
  // At run time the checkout belongs to somebody else: nothing may be written beside the build.
  images: { unoptimized: true },
  experimental: { isrFlushToDisk: false, optimizePackageImports: ['radix-ui', 'lucide-react'] },
  devIndicators: false,
  // Browsers ask for it by themselves where a page names no icon, as an answer in JSON.
  redirects: async () => [{ source: '/favicon.ico', destination: '/icon.svg', permanent: true }],
}

export default config

// What is said to the browser with every page? Which scripts may run, by a nonce made for each answer, and nobody may
// frame us. The rest of the headers are in server/response-headers.ts.
import { type NextRequest, NextResponse } from 'next/server'
import { env } from './env'

/** For layouts, which are not told where they are. */
export const PATH_HEADER = 'x-myvini-path'

function policy(nonce: string, host: string, development: boolean): string {
  return [
    `default-src 'self'`,
    // React's tools for developers evaluate text; what is shipped does not.
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ''}`,
    // React Flow, xterm and meters place things by style attributes.
    `style-src 'self' 'unsafe-inline'`,
    `img-src 'self' data: blob:`,
    `font-src 'self' data:`,
    // Not every browser counts its own WebSockets as 'self'.
    `connect-src 'self' ws://${host} wss://${host}`,
    `object-src 'none'`,
    `base-uri 'none'`,
    `form-action 'self'`,
    `frame-ancestors 'none'`,
  ].join('; ')
}

export function proxy(request: NextRequest) {
  const settings = env()
  const nonce = btoa(crypto.randomUUID())
  const csp = policy(nonce, request.nextUrl.host, settings.NODE_ENV === 'development')
  const headers = new Headers(request.headers)
  headers.set('x-nonce', nonce)
  headers.set('content-security-policy', csp)
  headers.set(PATH_HEADER, request.nextUrl.pathname + request.nextUrl.search)
  const response = NextResponse.next({ request: { headers } })
  response.headers.set('content-security-policy', csp)
  if (settings.MYVINI_PUBLIC_URL.startsWith('https:'))
    response.headers.set('strict-transport-security', 'max-age=31536000')
  return response
}

export const config = {
  matcher: [{ source: '/((?!api|_next/static|_next/image|favicon.ico|icon).*)' }],
}

// What does a request to our own server ask for? Its headers as the fetch standard has them, and its path.
import type { IncomingMessage } from 'node:http'

export const pathOf = (url: string | undefined): string => url?.split('?')[0] ?? ''

export function headersOf(request: IncomingMessage): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value)
  return headers
}

// Does a request come from our own pages? Browsers name the origin of every request that could change something
// (Fetch standard, "Origin" header), and pages of others cannot forge it.

const hostOf = (text: string | null): string | null => {
  if (text === null) return null
  try {
    return new URL(text).host
  } catch {
    return null // "null" from sandboxed pages, or nonsense: nobody's host
  }
}

/** The public address, and the one this request was sent to: the same portal may be reached by several names. */
export const ownOrigins = (publicUrl: string, host: string | null): string[] => [
  new URL(publicUrl).origin,
  ...(host === null ? [] : [`http://${host}`, `https://${host}`]),
]

/** No origin at all: not a browser, or a plain navigation that only reads. */
export function isOwnOrigin(headers: Headers, publicUrl: string): boolean {
  const origin = headers.get('origin')
  if (origin === null) return headers.get('sec-fetch-site') !== 'cross-site'
  const host = hostOf(origin)
  return host !== null && (host === headers.get('host') || host === new URL(publicUrl).host)
}

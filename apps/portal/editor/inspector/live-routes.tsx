'use client'
import { useEffect, useState } from 'react'
import { type Route, RouteLines } from '../../routes/route-lines'
import { InspectorSection } from './parts'

const AGAIN_MS = 3000
const SHOWN = 200

/** What packets go by in a host that runs, as its node's kernel has it; looked at every two seconds while it is in view. */
function useRoutes(sliceId: string, hostId: string): Route[] | null | 'too-many' {
  const [routes, setRoutes] = useState<Route[] | null | 'too-many'>(null)
  useEffect(() => {
    let socket: WebSocket | null = null
    let timer: ReturnType<typeof setTimeout> | null = null
    let closed = false
    const connect = () => {
      const lines = new RouteLines()
      const query = new URLSearchParams({ slice: sliceId, host: hostId })
      socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/ws/routes?${query}`)
      socket.binaryType = 'arraybuffer'
      socket.onmessage = ({ data }: MessageEvent<ArrayBuffer | string>) => {
        if (typeof data === 'string') return // why not; the host's own state says it as well
        const newest = lines.take(new Uint8Array(data)).at(-1)
        if (newest !== undefined) setRoutes(newest ?? 'too-many')
      }
      socket.onclose = () => {
        if (!closed) timer = setTimeout(connect, AGAIN_MS)
      }
    }
    connect()
    return () => {
      closed = true
      if (timer) clearTimeout(timer)
      socket?.close()
    }
  }, [sliceId, hostId])
  return routes
}

export function LiveRoutes({ sliceId, hostId }: { sliceId: string; hostId: string }) {
  const routes = useRoutes(sliceId, hostId)
  const shown = Array.isArray(routes) ? routes.slice(0, SHOWN) : []
  return (
    <InspectorSection
      title="Forwards by"
      aside={Array.isArray(routes) && <span className="text-faint text-xs tabular">{routes.length} routes</span>}
    >
      {routes === null && <p className="text-faint text-sm">Looking …</p>}
      {routes === 'too-many' && <p className="text-faint text-sm">More than a page can show. Look with ip route.</p>}
      {Array.isArray(routes) && routes.length === 0 && <p className="text-faint text-sm">No routes.</p>}
      {shown.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: scrolls, so the keyboard has to reach it
        <section aria-label="Forwarding table" tabIndex={0} className="-mx-1 max-h-64 overflow-auto">
          <table className="w-full text-xs">
            <thead className="sr-only">
              <tr>
                <th>To</th>
                <th>By way of</th>
                <th>Set by</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((route) => (
                <tr key={`${route.to} ${route.by} ${route.metric} ${route.ways.join()}`} className="align-top">
                  <td className="px-1 py-0.5 font-mono">{route.to}</td>
                  <td className="px-1 py-0.5 font-mono text-muted">
                    {route.ways.map((way) => (
                      <span key={way} className="block">
                        {way}
                      </span>
                    ))}
                  </td>
                  <td className="px-1 py-0.5 text-right text-faint">{route.by}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </InspectorSection>
  )
}

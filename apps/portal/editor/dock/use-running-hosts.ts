'use client'
// In which hosts can something be done now: a command, a file?
import type { VirtualHost } from '@myvini/core/topology/topology'
import { useMemo } from 'react'
import { useShown, useView } from '../workspace-context'

export function useRunningHosts(): { hosts: VirtualHost[]; chosen: VirtualHost[] } {
  const topology = useShown((s) => s.history.present)
  const selection = useShown((s) => s.selection)
  const states = useView((v) => v.status?.hosts)
  return useMemo(() => {
    const hosts = topology.hosts.filter((h) => h.kind !== 'gateway' && states?.[h.id]?.state === 'up')
    return { hosts, chosen: hosts.filter((h) => selection.has(`host:${h.id}`)) }
  }, [topology, selection, states])
}

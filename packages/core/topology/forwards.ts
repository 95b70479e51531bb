// Which virtual hosts pass on what is not for them?
import type { VirtualHost } from './topology'

export const forwards = (host: Pick<VirtualHost, 'kind'>): boolean => host.kind !== 'host'

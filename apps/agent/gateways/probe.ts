// Can this node carry gateways? Found by doing it (decision 10): rules of the kind we use, in a namespace thrown away at once.
import { gatewayRules } from '@myvini/core/gateway/rules'
import { command } from './command'
import { withRulesFile } from './nft'
import { uplinkOf } from './uplink'

const EXAMPLE = gatewayRules(
  {
    ...{ device: 'mvgw00000', address: '100.64.0.2/30', nodeAddress: '100.64.0.1/30', mbps: 1 },
    ...{ destinations: ['192.0.2.0/24'], forbidden: ['127.0.0.0/8'] },
    forwards: [{ protocol: 'tcp', outsidePort: 20_000, to: '10.0.1.1', port: 80 }],
  },
  'probe',
)

export async function probeGateway(folder: string): Promise<boolean> {
  const uplink = await uplinkOf().catch(() => null) // no ip(8): no way out either
  if (uplink === null) return false
  const { code } = await withRulesFile(folder, EXAMPLE, (argv) => command(['unshare', '--net', '--', ...argv]))
  return code === 0
}

import { describeNode } from './node-contract'
import { SimulatedTransport } from './simulated-node'

const transport = new SimulatedTransport(1)

describeNode('a simulated node', async () => {
  const connected = await transport.connect({ name: 'n0', host: '', port: 0, user: '', hostKey: '' })
  if (!connected.ok) throw new Error(connected.problem.message)
  return connected.value
})

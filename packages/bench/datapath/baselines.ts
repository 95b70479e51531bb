// What is the datapath compared with? Ways of forwarding that are not ours, on the same line, with the same generator.
import { ethernet, ip } from '../../../kernel/tests/packets'
import type { Subject } from './forward'
import { IN, makeLine, OUT } from './line'

/** UDP, 60 octets with the Ethernet header: the least a frame can be. */
export const smallest = (to: string, from: string, source: string, destination: string) =>
  ethernet({ to, from, payload: ip({ from: source, to: destination, payload: '03e803e8001a0000'.padEnd(52, '0') }) })

/** The kernel of the middle node itself forwards; no virtual network at all. */
export async function native(): Promise<Subject> {
  const line = await makeLine()
  line.middle.run('sysctl', '-qw', 'net.ipv4.ip_forward=1')
  return {
    line,
    packets: [smallest(line.mac.middle, line.mac.source, `${IN}.1`, `${OUT}.2`)],
    sink: 'tc',
    end: () => line.lab.end(),
  }
}

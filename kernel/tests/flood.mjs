// node flood.mjs ADDRESS MBPS BYTES [PACKETS]   sends UDP there until its stdin ends; MBPS 0: as fast as it goes
import { createSocket } from 'node:dgram'

const [address, mbps = '0', bytes = '1472', packets = 'Infinity'] = process.argv.slice(2)
const socket = createSocket('udp4')
const payload = Buffer.alloc(Number(bytes))
const frameBits = (Number(bytes) + 42) * 8 // Ethernet 14, IPv4 20, UDP 8
const start = performance.now()
let sent = 0

socket.on('error', () => undefined) // nobody listens: ICMP says so, and the stream goes on
socket.connect(9, address, () => {
  const tick = () => {
    const due = Number(mbps) === 0 ? sent + 64 : ((performance.now() - start) * 1000 * Number(mbps)) / frameBits
    for (; sent < Math.min(due, Number(packets)); sent++) socket.send(payload)
    if (sent >= Number(packets)) return socket.close(() => process.exit())
    if (Number(mbps) === 0) setImmediate(tick)
    else setTimeout(tick, 1)
  }
  tick()
  process.stdout.write('sending\n')
})
process.stdin.on('data', () => undefined).on('end', () => process.exit())

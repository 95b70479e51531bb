// UDP: `receive ADDRESS` says "ready", then how many datagrams came and a digest of them, whatever their order; `send ADDRESS COUNT` likewise.
import { createHash, randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'

const [, , role, address, count] = process.argv
const PORT = 5003
/** After so many the receiver says so, and the sender goes on: a slow reader's full queue is not what is asked about. */
const GROUP = 20
const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
/** Of all together. One that changes to a faster path overtakes those before it, which UDP allows. */
const digest = Buffer.alloc(32)
let seen = 0

const take = (message) => {
  const own = createHash('sha256').update(message).digest()
  for (let i = 0; i < digest.length; i++) digest[i] ^= own[i]
  seen++
}

const say = () => {
  process.stdout.write(`${seen} ${digest.toString('hex')}\n`)
  socket.close()
}

if (role === 'receive') {
  socket.on('message', (message, from) => {
    if (message.length === 3) return say()
    take(message)
    if (seen % GROUP === 0) socket.send('go on', from.port, from.address)
  })
  socket.bind(PORT, address, () => process.stdout.write('ready\n'))
} else {
  const patience = setTimeout(() => socket.send('end', PORT, address, say), 5000) // one was lost
  while (seen < Number(count)) {
    const answered = once(socket, 'message')
    for (let i = 0; i < GROUP; i++) {
      const message = randomBytes(200 + ((seen * 397) % 900)) // every length, in no order
      take(message)
      socket.send(message, PORT, address)
    }
    await answered
    patience.refresh()
  }
  clearTimeout(patience)
  socket.send('end', PORT, address, say)
}

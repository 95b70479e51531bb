// UDP: `receive ADDRESS` says "ready", then how many datagrams came and a digest of them; `send ADDRESS COUNT` likewise.
import { createHash, randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'

const [, , role, address, count] = process.argv
const PORT = 5003
/** After so many the receiver says so, and the sender goes on: a slow reader's full queue is not what is asked about. */
const GROUP = 20
const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
const hash = createHash('sha256')
let seen = 0

const say = () => {
  process.stdout.write(`${seen} ${hash.digest('hex')}\n`)
  socket.close()
}

if (role === 'receive') {
  socket.on('message', (message, from) => {
    if (message.length === 3) return say()
    hash.update(message)
    seen++
    if (seen % GROUP === 0) socket.send('go on', from.port, from.address)
  })
  socket.bind(PORT, address, () => process.stdout.write('ready\n'))
} else {
  const patience = setTimeout(() => socket.send('end', PORT, address, say), 5000) // one was lost
  while (seen < Number(count)) {
    const answered = once(socket, 'message')
    for (let i = 0; i < GROUP; i++) {
      const message = randomBytes(200 + ((seen * 397) % 900)) // every length, in no order
      hash.update(message)
      seen++
      socket.send(message, PORT, address)
    }
    await answered
    patience.refresh()
  }
  clearTimeout(patience)
  socket.send('end', PORT, address, say)
}

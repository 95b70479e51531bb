// One TCP connection: `receive ADDRESS` says "ready", then what it got; `send ADDRESS BYTES` says what it sent.
import { createHash, randomBytes } from 'node:crypto'
import { connect, createServer } from 'node:net'

const [, , role, address, bytes] = process.argv
const PORT = 5001

function digestOf(chunks) {
  const hash = createHash('sha256')
  let length = 0
  for (const chunk of chunks) {
    hash.update(chunk)
    length += chunk.length
  }
  return `${length} ${hash.digest('hex')}\n`
}

if (role === 'receive') {
  const server = createServer((socket) => {
    const chunks = []
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('end', () => {
      process.stdout.write(digestOf(chunks))
      server.close()
    })
  })
  server.listen(PORT, address, () => process.stdout.write('ready\n'))
} else {
  const data = randomBytes(Number(bytes))
  connect(PORT, address, function () {
    this.end(data, () => process.stdout.write(digestOf([data])))
  })
}

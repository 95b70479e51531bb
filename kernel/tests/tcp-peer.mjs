// One TCP connection to a server that is not ours.
//   send ADDRESS PORT BYTES      sends so many, half-closes; prints their digest and what the server answers
//   receive ADDRESS PORT         prints the digest of what comes
import { createHash, randomBytes } from 'node:crypto'
import { connect } from 'node:net'

const [mode, address, port, bytes] = process.argv.slice(2)
const socket = connect(Number(port), address)
const hash = createHash('sha256')
let answer = ''
if (mode === 'send') {
  const data = randomBytes(Number(bytes))
  hash.update(data)
  socket.setEncoding('latin1').on('data', (text) => (answer += text))
  socket.on('connect', () => socket.end(data))
  socket.on('end', () => process.stdout.write(`${hash.digest('hex')} ${answer.split(' ')[0]}\n`))
} else {
  socket.on('data', (chunk) => hash.update(chunk))
  socket.on('end', () => process.stdout.write(`${hash.digest('hex')}\n`))
}

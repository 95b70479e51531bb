// What answers outside of a box. HTTP on port 80: who asks and whom; /bytes/N: so many bytes, at most 100 MB. Port 7 echoes
// (RFC 862), by TCP and UDP.
import { createSocket } from 'node:dgram'
import { createServer } from 'node:http'
import { createServer as createTcpServer } from 'node:net'

const MOST_BYTES = 100_000_000
const CHUNK = Buffer.alloc(65_536, 'x')

/** As fast as whoever asks takes it. */
async function sendBytes(response, count) {
  for (let left = count; left > 0; ) {
    const part = CHUNK.subarray(0, Math.min(left, CHUNK.length))
    left -= part.length
    if (!response.write(part)) await new Promise((resolve) => response.once('drain', resolve).once('close', resolve))
    if (response.destroyed) return
  }
  response.end()
}

createServer((request, response) => {
  const { localAddress, remoteAddress } = request.socket
  const count = Number(/^\/bytes\/(\d{1,9})$/.exec(request.url ?? '')?.[1] ?? Number.NaN)
  response.setHeader('content-type', 'text/plain')
  if (Number.isFinite(count) && count <= MOST_BYTES) void sendBytes(response, count)
  else response.end(`This is ${localAddress}, outside. You come from ${remoteAddress}.\n`)
}).listen(80, '0.0.0.0')

createTcpServer((socket) => {
  socket.on('error', () => socket.destroy()) // whoever asked is gone
  socket.pipe(socket)
}).listen(7, '0.0.0.0')

const echo = createSocket('udp4')
echo.on('message', (message, { port, address }) => echo.send(message, port, address))
echo.bind(7, '0.0.0.0')

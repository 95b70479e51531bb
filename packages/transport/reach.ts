// Does anybody answer at that address? A TCP connection, given up early: the kernel asks again after 1, 3, 7 and 15 s only
// (tcp(7), tcp_syn_retries), so a node that came back in between would wait for the next of these. Dialling anew is sooner.
import { connect, type Socket } from 'node:net'

const ANSWER_MS = 3000

/** Rejects with the reason. The socket is the caller's; the signal counts only until somebody has answered. */
export function reach(host: string, port: number, signal: AbortSignal): Promise<Socket> {
  const socket = connect({ host, port })
  return new Promise((resolve, reject) => {
    const giveUp = (why: string) => () => socket.destroy(new Error(why))
    const timer = setTimeout(giveUp(`no answer within ${ANSWER_MS / 1000} s`), ANSWER_MS)
    const onAbort = giveUp('it was given up')
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      socket.removeListener('error', onError)
    }
    const onError = (error: Error) => {
      done()
      reject(error)
    }
    signal.addEventListener('abort', onAbort, { once: true })
    socket.once('error', onError)
    socket.once('connect', () => {
      done()
      resolve(socket)
    })
    if (signal.aborted) onAbort()
  })
}

// What does a terminal on a simulated node say? It has no kernel behind it, and says so; enough to work on the interface.
import type { HostSpec } from '@myvini/core/desired/node-spec'
import type { Terminal } from '@myvini/transport/node-connection'

export function simulatedTerminal(host: HostSpec): Terminal {
  const data: ((bytes: Buffer) => void)[] = []
  const ends: ((exitCode: number | null) => void)[] = []
  let line = ''
  const say = (text: string) => {
    for (const listener of data) listener(Buffer.from(text))
  }
  const prompt = () => say(`\r\nroot@${host.name}:~# `)
  const answer = (command: string) => {
    if (command === 'exit') {
      for (const end of ends) end(0)
      return
    }
    if (command === 'ip address' || command === 'ip a')
      for (const i of host.interfaces) say(`\r\n${i.name}: ${i.addresses.join(' ')} mtu ${i.mtuBytes}`)
    else if (command !== '') say(`\r\n${command}: this node is simulated; only "ip address" and "exit" are played.`)
    prompt()
  }
  setTimeout(() => {
    say(`${host.name} runs on a simulated node: nothing here is real.`)
    prompt()
  }, 0)
  return {
    write(bytes) {
      for (const char of bytes.toString('utf8')) {
        if (char === '\r' || char === '\n') {
          const command = line.trim()
          line = ''
          answer(command)
        } else if (char === '\u007f') {
          if (line !== '') say('\b \b')
          line = line.slice(0, -1)
        } else {
          line += char
          say(char)
        }
      }
    },
    resize: () => undefined,
    onData: (listener) => void data.push(listener),
    onEnd: (listener) => void ends.push(listener),
    pause: () => undefined,
    resume: () => undefined,
    close: () => undefined,
  }
}

// Is this a server's host key? Takes what people have at hand: a .pub file, a line of known_hosts, ssh-keyscan's output.

const TYPES = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521', 'ssh-rsa']

/** `ssh-ed25519 AAAA…`, without what stands around it; null when there is no key in the text. */
export function readHostKey(text: string): string | null {
  const found = text
    .split('\n')
    .filter((line) => !line.trim().startsWith('#'))
    .flatMap((line) => {
      const words = line.trim().split(/\s+/)
      const at = words.findIndex((word) => TYPES.includes(word))
      const base64 = words[at + 1]
      return at >= 0 && base64 !== undefined && isKeyOf(words[at] ?? '', base64) ? [`${words[at]} ${base64}`] : []
    })
  // Of several, as ssh-keyscan gives them, the one that is best.
  return (
    found.toSorted((a, b) => TYPES.indexOf(a.split(' ')[0] ?? '') - TYPES.indexOf(b.split(' ')[0] ?? ''))[0] ?? null
  )
}

/** The key's first field is its type once more (RFC 4253 §6.6), which catches a key that was cut or mixed up. */
function isKeyOf(type: string, base64: string): boolean {
  if (!/^[A-Za-z0-9+/]{40,}={0,2}$/.test(base64)) return false
  const bytes = atob(base64.slice(0, Math.floor(base64.length / 4) * 4))
  const length = bytes.charCodeAt(3)
  return bytes.slice(4, 4 + length) === type
}

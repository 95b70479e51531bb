// The peer, in a private PID namespace: its clean-up kills by name, and must find nothing but its own.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { z } from 'zod'

const SCRIPT = fileURLToPath(new URL('./mininet-chain.py', import.meta.url))
const Times = z.object({ up_s: z.number(), down_s: z.number() })

export async function runMininet(hosts: number): Promise<{ upS: number; downS: number }> {
  const apart = ['--pid', '--mount', '--net', '--fork', '--mount-proc', '--kill-child']
  const { stdout } = await promisify(execFile)('unshare', [...apart, '/usr/bin/python3', SCRIPT, String(hosts)])
  const times = Times.parse(JSON.parse(stdout))
  return { upS: times.up_s, downS: times.down_s }
}

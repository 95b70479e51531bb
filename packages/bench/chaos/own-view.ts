// How does an installation get small disks and a wall clock of its own on a machine that has only one of each? In a mount
// namespace: its Postgres and its nodes keep their state on tmpfs that can be made full, and all its processes load
// wall-clock.c, which moves what they read of the wall clock.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const CLOCK = fileURLToPath(new URL('./wall-clock.c', import.meta.url))
/** Below /etc, which boxed nodes see as well; /run, /tmp and /var/lib/myvini are hidden from them. */
const PLACE = '/etc/myvini-chaos'
export const OFFSET_FILE = `${PLACE}/clock`

/** An overlay keeps the machine's own /etc as it is: nothing outside loads the library. */
const SET_UP = `set -eu
own=$1; disk_mib=$2; shift 2
mount -t tmpfs tmpfs "$own"
mkdir "$own/upper" "$own/work"
mount -t overlay overlay -o "lowerdir=/etc,upperdir=$own/upper,workdir=$own/work" /etc
mkdir -m 755 ${PLACE}
clang -O2 -shared -fPIC -DOFFSET_FILE='"${OFFSET_FILE}"' -o ${PLACE}/wall-clock.so ${CLOCK} -ldl
head -c 8 /dev/zero > ${OFFSET_FILE}
for disk; do
  mkdir -p "$disk"
  mount -t tmpfs -o "mode=755,size=$disk_mib"m tmpfs "$disk"
done
echo ${PLACE}/wall-clock.so > /etc/ld.so.preload
echo ready
exec sleep infinity`

export class OwnView {
  private constructor(
    private readonly holder: ChildProcess,
    private readonly folder: string,
    /** Put before a program's arguments: it then runs in this view. */
    readonly within: readonly string[],
  ) {}

  /** Each of `disks` becomes a tmpfs of so many MiB. It ends with this process, however that ends. */
  static async open(disks: readonly string[], diskMib: number): Promise<OwnView> {
    const folder = await mkdtemp(join(tmpdir(), 'myvini-chaos-'))
    const argv = ['--pdeathsig', 'KILL', 'unshare', '--mount', 'sh', '-c', SET_UP, 'sh', folder, String(diskMib)]
    const holder = spawn('setpriv', [...argv, ...disks], { stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    await new Promise<void>((resolve, reject) => {
      holder.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
      holder.stdout.on('data', () => resolve())
      holder.once('close', () => reject(new Error(`a view of its own could not be made: ${said.trim()}`)))
    })
    const into = [`--mount=/proc/${holder.pid}/ns/mnt`, `--root=/proc/${holder.pid}/root`, '--']
    return new OwnView(holder, folder, ['nsenter', ...into])
  }

  async run(argv: readonly string[]): Promise<string> {
    const [program = '', ...args] = [...this.within, ...argv]
    return (await run(program, args)).stdout
  }

  /** What this view shows at `path`, for reading and writing from outside of it. */
  pathOf(path: string): string {
    return `/proc/${this.holder.pid}/root${path}`
  }

  async close() {
    const gone = new Promise((resolve) => this.holder.once('close', resolve))
    this.holder.kill('SIGKILL')
    await gone
    await rm(this.folder, { recursive: true, force: true })
  }
}

/** Sets the clock of whatever has mapped that file. Written in place: another file would be another clock. */
export async function setOffset(path: string, seconds: number): Promise<void> {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64LE(BigInt(Math.round(seconds)))
  const file = await open(path, 'r+')
  try {
    await file.write(bytes, 0, 8, 0)
  } finally {
    await file.close()
  }
}

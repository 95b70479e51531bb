// The commands of ./myvini that need what has been installed.
import { boxCommand } from './box-command'
import { down } from './down'
import { imageCommand } from './images'
import { logs } from './logs'
import { migrateCommand } from './migrate-command'
import { status } from './status'
import { ToldFailure } from './steps'
import { up } from './up'

const COMMANDS: Record<string, (args: readonly string[]) => Promise<number>> = {
  up,
  down,
  status,
  logs,
  box: boxCommand,
  migrate: migrateCommand,
  image: imageCommand,
  test: async (args) => (await import('./test')).test(args),
  bench: async (args) => (await import('./bench')).bench(args),
}

const [command = '', ...args] = process.argv.slice(2)
const run = COMMANDS[command]
if (!run) throw new Error(`"${command}" is not a command`)
try {
  process.exitCode = await run(args)
} catch (error) {
  if (!(error instanceof ToldFailure))
    process.stderr.write(`myvini: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
process.exit()

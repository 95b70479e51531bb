// What was asked of ./myvini? Plain JavaScript without dependencies: it runs before anything is installed.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { bootstrap, ENVIRONMENT } from './bootstrap.mjs'
import { doctor } from './doctor.mjs'
import { checkNode, paths } from './machine.mjs'

const HELP = `./myvini up [--simulate] [--nodes N] [--port N]   set up what is missing and start everything
./myvini down [--purge]                           stop everything; --purge also deletes its data
./myvini status                                   what runs, and how it is
./myvini test [pure|db|root|e2e …]                set up what is missing and run the tests
./myvini bench NAME [--quick] [--json FILE]       run a benchmark; without NAME it lists them
./myvini box on|off NODE                          switch a boxed server on or off, as by its plug
./myvini doctor                                   what this machine lacks, and how to get it
./myvini build                                    set up and build, start nothing (docs/guides/installation.md)
./myvini image list|build NAME                    images of virtual hosts; build takes base or router
./myvini migrate                                  bring the database of DATABASE_URL up to date
./myvini logs [controller|portal|postgres|NODE]   the end of a log

--simulate needs neither root nor Linux: portal and controller with nodes that are only played.
Several instances on one machine: MYVINI_INSTANCE=name ./myvini up --port 3001
`

/** What each command needs before it can run: packages of the system by group, and whether things must be built. */
const COMMANDS = {
  up: { groups: ['build', 'run'], build: true },
  test: { groups: ['build', 'run', 'test'], build: true },
  bench: { groups: ['build', 'run', 'test', 'bench'], build: true },
  build: { groups: ['build'], build: true },
  down: { groups: [], build: false },
  migrate: { groups: [], build: false },
  image: { groups: [], build: false },
  status: { groups: [], build: false },
  box: { groups: [], build: false },
  logs: { groups: [], build: false },
}

async function runLauncher(args) {
  const tsx = `${paths.root}/node_modules/tsx/dist/cli.mjs`
  if (!existsSync(tsx)) {
    process.stdout.write('Nothing is installed here yet, so nothing runs. Start with: ./myvini up\n')
    return 0
  }
  const child = spawn(process.execPath, [tsx, `${paths.root}/packages/launcher/main.ts`, ...args], {
    stdio: 'inherit',
    cwd: paths.root,
    env: { ...process.env, ...ENVIRONMENT },
  })
  // A Ctrl-C goes to the whole foreground group; the launcher decides what becomes of it.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  return new Promise((resolve) => child.on('exit', (code, signal) => resolve(signal ? 130 : (code ?? 1))))
}

async function main([command = 'help', ...rest]) {
  if (['help', '--help', '-h'].includes(command)) {
    process.stdout.write(HELP)
    return 0
  }
  if (!checkNode()) return 1
  if (command === 'doctor') return doctor()
  const known = COMMANDS[command]
  if (!known) {
    process.stderr.write(`myvini: "${command}" is not a command.\n\n${HELP}`)
    return 2
  }
  const simulate = rest.includes('--simulate')
  if (known.build && !(await bootstrap({ ...known, command, simulate }))) return 1
  return command === 'build' ? 0 : runLauncher([command, ...rest])
}

process.exit(await main(process.argv.slice(2)))

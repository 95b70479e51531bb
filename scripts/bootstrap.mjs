// From a fresh checkout to something that can run: packages of the system, pnpm, dependencies, build. Each step looks
// first whether it has been done, so that a second time takes a second.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fetchDebianKernel } from './debian-kernel.mjs'
import { hasApt, isRoot, kernelObstacles, missingPackages, paths } from './machine.mjs'
import { StepFailure, step } from './steps.mjs'

const PNPM = JSON.parse(readFileSync(`${paths.root}/package.json`, 'utf8')).packageManager.split('@')[1]
const pnpmEntry = `${paths.tools}/node_modules/pnpm/bin/pnpm.mjs`
/** Programs of ours ask no one outside for anything, and turbo finds the pnpm that was installed for it. */
export const ENVIRONMENT = {
  PATH: `${paths.tools}/bin:${process.env.PATH}`,
  NEXT_TELEMETRY_DISABLED: '1',
  TURBO_TELEMETRY_DISABLED: '1',
  CHECKPOINT_DISABLE: '1',
  DO_NOT_TRACK: '1',
}

/** Runs to the end; what it printed is shown only if it failed. */
function run(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: paths.root,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...options,
      env: { ...process.env, ...ENVIRONMENT, ...options.env },
    })
    const output = []
    child.stdout.on('data', (chunk) => output.push(chunk))
    child.stderr.on('data', (chunk) => output.push(chunk))
    child.on('error', reject)
    child.on('exit', (code) => {
      const text = Buffer.concat(output).toString()
      if (code === 0) resolve(text)
      else
        reject(
          new StepFailure(
            `${program} ${args.slice(0, 3).join(' ')} … ended with ${code}:\n${text.trim().split('\n').slice(-25).join('\n')}`,
            options.cure,
          ),
        )
    })
  })
}

const POLICY = '/usr/sbin/policy-rc.d'

/** Debian starts servers as it installs them. A machine that had no sshd shall not have an open one because of us. */
async function withoutStartingServices(work) {
  const had = existsSync(POLICY)
  if (!had) {
    writeFileSync(POLICY, '#!/bin/sh\nexit 101\n')
    chmodSync(POLICY, 0o755)
  }
  try {
    return await work()
  } finally {
    if (!had) rmSync(POLICY, { force: true })
  }
}

async function installPackages(groups) {
  const missing = missingPackages(groups)
  if (missing.length === 0) return 'all there'
  if (!isRoot())
    throw new StepFailure(
      `missing: ${missing.join(' ')}`,
      `As root: apt-get install --no-install-recommends ${missing.join(' ')}`,
    )
  const cure = 'Check that this machine reaches its Debian mirror: apt-get update'
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  await run('apt-get', ['update', '-qq'], { env, cure })
  await withoutStartingServices(() =>
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], { env, cure }),
  )
  if (missing.includes('openssh-server') && existsSync('/run/systemd/system'))
    await run('systemctl', ['disable', '--now', 'ssh.service', 'ssh.socket']).catch(() => undefined) // either may not exist
  return `installed ${missing.length}`
}

/** What npm installs is a script without a first line, which a shell runs and turbo cannot. */
const WRAPPER = `#!/bin/sh\nexec '${process.execPath}' '${pnpmEntry}' "$@"\n`

async function installPnpm() {
  const manifest = `${paths.tools}/node_modules/pnpm/package.json`
  const wrapper = `${paths.tools}/bin/pnpm`
  const has = existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).version === PNPM
  if (!has) {
    mkdirSync(paths.tools, { recursive: true })
    const quiet = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts']
    await run('npm', ['install', '--prefix', paths.tools, ...quiet, `pnpm@${PNPM}`], {
      cure: 'Check that this machine reaches its npm registry: npm ping',
    })
  }
  if (!existsSync(wrapper) || readFileSync(wrapper, 'utf8') !== WRAPPER) {
    mkdirSync(`${paths.tools}/bin`, { recursive: true })
    writeFileSync(wrapper, WRAPPER, { mode: 0o755 })
  }
  return PNPM
}

async function installDependencies() {
  const text = ['pnpm-lock.yaml', 'pnpm-workspace.yaml']
    .map((name) => readFileSync(`${paths.root}/${name}`, 'utf8'))
    .join('')
  const wanted = createHash('sha256').update(text).digest('hex')
  const stamp = `${paths.root}/node_modules/.myvini-installed`
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return 'unchanged'
  await run(process.execPath, [pnpmEntry, 'install', '--frozen-lockfile'], {
    env: { CI: '1' },
    cure: 'Check that this machine reaches its npm registry (npm ping) and has 3 GB of free disk.',
  })
  writeFileSync(stamp, wanted)
  return 'installed'
}

async function build(simulate) {
  const filters = simulate ? ['--filter=@myvini/portal', '--filter=@myvini/controller'] : []
  const output = await run(
    process.execPath,
    [`${paths.root}/node_modules/turbo/bin/turbo`, 'run', 'build', '--output-logs=errors-only', ...filters],
    {
      env: { FORCE_COLOR: '0' },
    },
  )
  return output.includes('FULL TURBO') ? 'unchanged' : 'built'
}

function refuseWithoutKernel({ command }) {
  const obstacles = kernelObstacles()
  if (obstacles.length === 0) return true
  process.stderr.write(`Real virtual hosts cannot run here:\n${obstacles.map((o) => `  - ${o}`).join('\n')}\n\n`)
  process.stderr.write(
    command === 'up'
      ? 'For work on the interface: ./myvini up --simulate (portal and controller, with nodes that are only played)\n'
      : `"${command}" needs them. On this machine you can run: ./myvini up --simulate, or ./myvini test pure db\n`,
  )
  return false
}

/** Returns whether all is ready. */
export async function bootstrap({ groups, command, simulate }) {
  const noKernel =
    simulate ||
    (command === 'test' &&
      process.argv.slice(3).length > 0 &&
      process.argv.slice(3).every((a) => ['pure', 'db'].includes(a)))
  if (!noKernel && command !== 'build' && !refuseWithoutKernel({ command })) return false
  process.stdout.write('Setting up\n')
  const wanted = noKernel ? [] : groups
  return (
    (wanted.length === 0 || !hasApt() || (await step('Debian packages', () => installPackages(wanted)))) &&
    (!wanted.includes('test') || (await step('Debian kernel for tests', fetchDebianKernel))) &&
    (await step('pnpm', installPnpm)) &&
    (await step('Dependencies', installDependencies)) &&
    (await step('Build', () => build(noKernel)))
  )
}

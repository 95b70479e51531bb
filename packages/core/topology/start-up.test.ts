import { describe, expect, test } from 'vitest'
import { HostFile } from '../desired/node-spec'
import { newHost } from './build'
import { checkSliceTexts, checkStartUp, commandsToRun, filesToPut, START_UP_LIMITS } from './start-up'
import type { VirtualHost } from './topology'

// A brand exists only for the compiler.
const host = (change: Partial<VirtualHost>): VirtualHost => ({
  ...newHost('h' as VirtualHost['id'], { name: 'web', kind: 'host', class: 'vserver', x: 0, y: 0 }),
  ...change,
})
const at = (path: string) => ({ path, content: 'x', executable: false })

const codes = (of: VirtualHost): string[] => {
  const found: string[] = []
  checkStartUp(of, (problem) => found.push(problem.code))
  return found
}

describe('what a host finds and does when it starts', () => {
  test.each(['etc/motd', '/etc/../shadow', '/..', '/etc/./x', '/a//b', '/a/', '', '/a b', '/$(id)', '/a\n'])(
    'a file at %j is refused',
    (path) => expect(codes(host({ files: [at(path)] }))).toEqual(['topology.file-path']),
  )

  test.each(['/proc/x', '/sys', '/dev/null', '/run/x', '/usr/bin/env'])('nothing of its own can be at %s', (path) =>
    expect(codes(host({ files: [at(path)] }))).toEqual(['topology.file-place']),
  )

  test('what is refused nowhere is taken by the node too', () => {
    const files = ['/etc/motd', '/root/.profile', '/opt/a-b_c+d/x@1', '/..a/b'].map(at)
    expect(codes(host({ files }))).toEqual([])
    for (const file of filesToPut(host({ files }))) expect(HostFile.safeParse(file).success).toBe(true)
  })

  test('files that are too many characters together, the same twice, and empty commands are named', () => {
    const large = [1, 2, 3, 4, 5].map((n) => ({ ...at(`/root/${n}`), content: 'x'.repeat(60_000) }))
    expect(codes(host({ files: large }))).toEqual(['topology.files-too-large'])
    expect(codes(host({ files: [at('/a'), at('/a')] }))).toEqual(['topology.file-twice'])
    expect(codes(host({ commands: [{ command: ' ', timeoutS: 1 }] }))).toEqual(['topology.command-empty'])
  })

  test('all files and routing configurations of a slice are bounded together, and the host with most is named', () => {
    const of = (name: string, chars: number) => {
      const [config, content] = [100, chars - 100].map((n) => 'x'.repeat(n))
      const empty = host({ name, id: name as VirtualHost['id'], files: [{ ...at('/a'), content: content ?? '' }] })
      return { ...empty, routing: { ...empty.routing, config: config ?? '' } }
    }
    const half = START_UP_LIMITS.sliceChars / 2
    expect(checkSliceTexts({ hosts: [of('a', half), of('b', half)] })).toBeNull()
    expect(checkSliceTexts({ hosts: [of('a', half), of('b', half + 1)] })).toMatchObject({
      code: 'topology.texts-too-large',
      message: expect.stringContaining('have 4194305 characters together, 2097153 of them on b'),
      subject: { kind: 'host', id: 'b' },
    })
  })

  test('a network stack has none, and a container has memory enough to start', () => {
    expect(codes(host({ class: 'netns', files: [at('/a')] }))).toEqual(['topology.start-up-class'])
    expect(codes(host({ memoryMib: 8 }))).toEqual(['topology.memory-too-small'])
  })

  test('a command is one argument, whatever is in it', () => {
    const command = `echo "$HOME" 'x' ; $(id)`
    const [argv] = commandsToRun(host({ commands: [{ command, timeoutS: 5 }] }))
    expect(argv?.slice(3)).toEqual([command, '5'])
  })
})

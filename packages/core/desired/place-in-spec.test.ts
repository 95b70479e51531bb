import { expect, test } from 'vitest'
import { placeInSpec } from './place-in-spec'

const spec = {
  slivers: [{ label: 'demo/abilene', hosts: [{ key: 'res-h1', name: 'r1' }], links: [{ key: 'res-l1' }] }],
}

test('a path into a host is told by the host’s name and its slice', () => {
  expect(placeInSpec(spec, ['slivers', 0, 'hosts', 0, 'routes', 3, 'via'])).toEqual({
    words: 'host r1 of demo/abilene, routes.3.via',
    subject: { kind: 'host', id: 'res-h1' },
  })
})

test('a link has no name on a node, so its key tells', () => {
  expect(placeInSpec(spec, ['slivers', 0, 'links', 0])).toEqual({
    words: 'link res-l1 of demo/abilene',
    subject: { kind: 'link', id: 'res-l1' },
  })
})

test('whatever leads to no part is told as it is', () => {
  expect(placeInSpec(spec, ['underlays', 0])).toEqual({ words: 'underlays.0' })
  expect(placeInSpec(spec, ['slivers', 7, 'hosts', 0, 'name'])).toEqual({ words: 'slivers.7.hosts.0.name' })
  expect(placeInSpec(null, ['slivers', 0, 'hosts', 0])).toEqual({ words: 'slivers.0.hosts.0' })
  expect(placeInSpec('text', [])).toEqual({ words: 'its top' })
})

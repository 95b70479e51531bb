import { findRequestToDecide, listApprovals } from '@myvini/store/approvals'
import { addContainerRing, addContainers, admitContainers } from '@myvini/testkit/containers'
import { useDatabase } from '@myvini/testkit/database'
import { expect, test } from 'vitest'
import { approvalEffect } from './approval-effect'

const test_ = useDatabase()
const at = (hours: number) => new Date(Date.UTC(2035, 0, 1) + hours * 3_600_000)

async function waiting(disks: readonly number[]) {
  const { id } = await addContainers(test_.db, disks, at(0), at(2))
  await test_.db.reservation.update({ where: { id }, data: { state: 'requested' } })
  const row = await findRequestToDecide(test_.db, id)
  if (!row) throw new Error('no such request')
  return row
}

test('whoever decides sees what it asks of disk, what is taken of it, and whom it would crowd out', async () => {
  const { db } = test_
  await addContainerRing(db, { nodes: 1, diskMib: 1000 })
  expect(await admitContainers(db, await addContainers(db, [300], at(0), at(2)))).toBe('admitted')
  const row = await waiting([200, 100])
  await waiting([500])
  expect((await listApprovals(db, 'waiting', 10)).map((r) => r.diskMib).toSorted()).toEqual([300, 500])
  const effect = await approvalEffect(db, row)
  expect(effect.problem).toBeNull()
  expect(effect.nodes[0]?.disk).toEqual({ of: 1000, used: 300, adds: 300 })
  expect(effect.conflicts.map((c) => c.message)).toEqual([
    'h1 wants 500 MiB of disk; the most that any node has left is 400 MiB of disk.',
  ])
})

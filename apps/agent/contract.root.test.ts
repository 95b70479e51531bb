import { useBox } from '@myvini/testkit/boxed'
import { describeNode } from '@myvini/testkit/node-contract'

const boxed = useBox(1)

describeNode('a real node', () => boxed.connect('chicago-1'))

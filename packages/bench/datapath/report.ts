// What is kept of a whole run? docs/benchmarks/datapath.md, .json and .svg, with the machine and the method.
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Figure } from '../figure'
import { machine } from '../machine'
import { plotRatios } from './plot'

const folder = path.resolve(import.meta.dirname, '../../../docs/benchmarks')

const number = (value: number) => String(Number(value.toPrecision(4)))

export async function writeReport(figures: readonly Figure[], when: Date): Promise<void> {
  const on = machine()
  const rows = figures.map((f) => `| \`${f.id}\` | ${number(f.value)} | ${f.unit} | ${f.goal} | ${f.n} | ${f.method} |`)
  const text = `# The datapath, measured

\`./myvini bench datapath\`; \`--quick\` for three minutes, names of figures for a part. Written by a whole run.

**Machine.** ${on}, ${when.toISOString().slice(0, 10)}.

**Method.** Three network namespaces in a line, joined by veth pairs; packets are made at the first, forwarded by the
middle one, and counted and dropped at the last. The generator is the kernel's own BPF_PROG_TEST_RUN in live-frames mode
(kernel/bench/generate.bpf.c): UDP, 60 octets, sent out of a veth as XDP frames, as a network card with native XDP would
hand them over. A rate is packets that arrived for each second of CPU time of everything that took part (generator, its
softirqs, ksoftirqd, and processes in between), so that other work on the machine counts for nobody. Each round measures
every subject once; a ratio is the median over rounds of the ratio within a round. TCP is octets by CPU time of sender,
receiver and all between; round trips are UDP, 64 octets, through the kernel's sockets at both ends, asked turn by turn, 500 of
each. Memory is what the kernel has taken for itself, counted once it has put away what went before. Until 2026-11-26 it was
not waited for that, and 0.88 MiB a slice was written, which was too little. Of a virtual interface the kernel keeps some 110 KiB
in two network devices, among it 26 for names in /sys, 35 for IPv6, 15 for IPv4, 13 for devices and queues. A slice of four
virtual interfaces is measured as well, since eight network devices may be what its goal was said of.

\`native\`: the kernel of the middle node forwards. \`tc\`: two tunnels and a virtual router, tc path, flows
learnt from what the router's kernel does (decision 37). \`tc_uncached\`: the same, every packet through that kernel.
\`xdp\`: the fast path. \`xdp_uncached\`: the same without its flow cache, routes asked for each packet. \`relay\`: one tunnel into another.
\`xdp_forward\`: XDP forwarding with bpf_fib_lookup and no tunnels. \`vxlan_bridge\`: kernel VXLAN, a Linux bridge a link,
bridge-nf off. \`userspace\`: a process between UDP and TAP (kernel/bench/overlay.c), as PL-VINI had.

![Ratios](datapath.svg)

| figure | value | unit | asked for | rounds | how |
| ------ | ----- | ---- | --------- | ------ | --- |
${rows.join('\n')}
`
  await writeFile(path.join(folder, 'datapath.md'), text)
  await writeFile(path.join(folder, 'datapath.svg'), plotRatios(figures))
  await writeFile(
    path.join(folder, 'datapath.json'),
    `${JSON.stringify({ machine: on, at: when.toISOString(), figures }, null, 2)}\n`,
  )
}

// Which images come with MyVINI?
import { LEAST_MEMORY_MIB } from '../routing/fit'
import type { Recipe } from './image'
import { LEAST } from './needs'

/** What somebody at a shell of a virtual host reaches for. */
const TOOLS = [
  ...[
    'bash-completion',
    'ca-certificates',
    'curl',
    'dnsutils',
    'ethtool',
    'file',
    'iperf3',
    'iproute2',
    'iputils-arping',
  ],
  ...['iputils-ping', 'iputils-tracepath', 'jq', 'less', 'lsof', 'mtr-tiny', 'nano', 'netcat-openbsd', 'nftables'],
  ...['openssh-client', 'openssh-server', 'procps', 'psmisc', 'python3', 'rsync', 'socat', 'strace', 'tcpdump'],
  ...['tini', 'traceroute', 'vim-tiny'],
]

export const RECIPES: readonly Recipe[] = [
  {
    name: 'base',
    description: 'Debian with the tools of the trade: ping, traceroute, mtr, tcpdump, iperf3, curl, sshd, Python.',
    packages: TOOLS,
  },
  {
    name: 'router',
    description: 'base with FRR, BIRD 2 and ExaBGP.',
    needs: { ...LEAST, memoryMib: LEAST_MEMORY_MIB },
    packages: [...TOOLS, 'bird2', 'exabgp', 'frr', 'frr-pythontools'].toSorted(),
  },
]

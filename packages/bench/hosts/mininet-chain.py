# The peer: Mininet of Debian builds a chain of hosts and takes it down. Prints {"up_s", "down_s"}, and runs in a private PID
# namespace only (mininet.ts): Mininet's own clean-up kills by name.
import json
import sys
import time

from mininet.net import Mininet


def main(count):
    began = time.monotonic()
    net = Mininet(controller=None, cleanup=False)
    hosts = [net.addHost("h%d" % (i + 1)) for i in range(count)]
    for i in range(count - 1):
        # A /30 a link, as in the chain that it is compared with.
        net.addLink(
            hosts[i],
            hosts[i + 1],
            params1={"ip": "10.%d.%d.1/30" % (i // 256, i % 256)},
            params2={"ip": "10.%d.%d.2/30" % (i // 256, i % 256)},
        )
    net.start()
    up = time.monotonic()
    net.stop()
    down = time.monotonic()
    print(json.dumps({"up_s": up - began, "down_s": down - up}))


main(int(sys.argv[1]))

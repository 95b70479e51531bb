# A datagram each millisecond to an address, or, without one, the instant (CLOCK_MONOTONIC, ns) at which each arrives.
import socket
import sys
import time

PORT = 9999
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
if len(sys.argv) > 1:
    while True:
        try:
            sock.sendto(b"pulse", (sys.argv[1], PORT))
        except OSError:
            pass  # a neighbour that has just not answered: the next one may
        time.sleep(0.001)
sock.bind(("", PORT))
while True:
    sock.recv(64)
    print(time.monotonic_ns(), flush=True)

// How soon do routers notice that a neighbour is silent? Five times as fast as is usual on real lines (RFC 2328 §C.3 says
// 10 and 40 s): on virtual links a second is long, and whoever kills a router wants to see what happens.
export const HELLO_SECONDS = 1
export const DEAD_SECONDS = 5
/** IS-IS counts missed greetings instead (ISO/IEC 10589 §8.2). */
export const HELLO_MULTIPLIER = DEAD_SECONDS / HELLO_SECONDS
/** BGP: RFC 4271 §10 suggests 30 and 90 s. */
export const KEEPALIVE_SECONDS = 2
export const HOLD_SECONDS = 6
export const CONNECT_RETRY_SECONDS = 3

/**
 * OSPF holds back news of one router for a second and sends again after five what was not acknowledged (RFC 2328, MinLSArrival
 * and RxmtInterval), which a network that comes up all at once waits for. Millisecond links need not.
 */
export const RETRANSMIT_SECONDS = 1
export const LEAST_BETWEEN_LSA_MS = 100

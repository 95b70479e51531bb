/** As apps/controller/gateway.ts closes: from the range that RFC 6455 §7.4.2 leaves to applications. */
export const CLOSE = {
  /** The shell ended; the reason is its exit code. */
  ended: 4000,
  /** The way to the node broke; the session may still be there. */
  lost: 4001,
  /** Not to be tried again as it is. */
  refused: 4003,
} as const

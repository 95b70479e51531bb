/** Closing codes of our own, from the range that RFC 6455 §7.4.2 leaves to applications. */
export const CLOSE = { ended: 4000, lost: 4001, refused: 4003 } as const

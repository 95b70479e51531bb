// Where does chance come from in code that must give the same answer twice? From a seed that the caller names.

/** Mulberry32: 32 bits of state, uniform in [0, 1); for choices and test data, never for secrets. */
export function seededRandom(seed: number): () => number {
  // Kept signed: the engine has small numbers of its own for these, and makes an object of every larger one.
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

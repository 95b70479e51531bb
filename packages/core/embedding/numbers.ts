// How is a typed array read at an index that is in range? By these, so that the cast has one home and one reason.
// noUncheckedIndexedAccess cannot know that a typed array holds a number at every index below its length. One function
// for each kind, so that the engine sees one kind of array at each place and compiles the call away.
export const f64 = (array: Float64Array, index: number): number => array[index] as number
export const i32 = (array: Int32Array, index: number): number => array[index] as number
export const u8 = (array: Uint8Array, index: number): number => array[index] as number

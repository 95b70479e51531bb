// What does a choice by chance look like? A stream of numbers in [0, 1) that follows from the seed alone.
export type Random = () => number

export const randomBelow = (random: Random, bound: number): number => Math.floor(random() * bound)

/** Chance with a seed: the same numbers on every machine, so that the example is the same whoever makes it. */
export interface Chance {
  /** From 0 (inclusive) to 1 (exclusive). */
  next(): number;
  /** A whole number from 0 to `below` − 1. */
  below(below: number): number;
  pick<T>(from: readonly T[]): T;
  /** `n` of them, spread evenly with some jitter, in their order. */
  spread<T>(from: readonly T[], n: number): T[];
}

/** Mulberry32, a small public-domain generator. */
export function chance(seed: number): Chance {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = (n: number) => Math.floor(next() * n);
  return {
    next,
    below,
    pick: (from) => from[below(from.length)]!,
    spread(from, n) {
      if (n > from.length) throw new RangeError(`${n} of ${from.length} cannot be picked`);
      return Array.from({ length: n }, (_, i) => {
        const start = Math.floor((i * from.length) / n);
        const end = Math.floor(((i + 1) * from.length) / n);
        return from[start + below(end - start)]!;
      });
    },
  };
}

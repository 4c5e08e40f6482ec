/** Random numbers from a seed: the same seed, the same numbers, on any machine. */

/** A source of random numbers. */
export interface Random {
  /** From 0 to below 1. */
  next(): number;
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number;
  /** Whether something of this probability happens. */
  chance(probability: number): boolean;
  /** Exponentially distributed, with this mean: how long until something happens. */
  wait(mean: number): number;
  /** A version 4 UUID. */
  uuid(): string;
}

/** sfc32, of Chris Doty-Humphrey's PractRand (public domain): small, fast, and passes its tests. */
export function createRandom(seed: number): Random {
  let a = 0x9e3779b9;
  let b = 0x243f6a88;
  let c = Math.floor(seed / 2 ** 32) | 0;
  let d = seed | 0;
  const word = () => {
    const sum = (a + b + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  for (let round = 0; round < 15; round++) word();
  const next = () => word() / 2 ** 32;
  const hex = () => word().toString(16).padStart(8, "0");
  return {
    next,
    below: (limit) => Math.floor(next() * limit),
    chance: (probability) => next() < probability,
    wait: (mean) => -mean * Math.log(1 - next()),
    uuid() {
      const [first, second, third, last] = [hex(), hex(), hex(), hex()];
      const variant = "89ab".charAt(word() & 3);
      return `${first}-${second.slice(0, 4)}-4${second.slice(5)}-${variant}${third.slice(1, 4)}-${third.slice(4)}${last}`;
    },
  };
}

/** Picks one of several by weight. */
export function createPicker<Choice extends { weight: number }>(
  choices: readonly Choice[],
): (random: Random) => Choice {
  const total = choices.reduce((sum, { weight }) => sum + weight, 0);
  return (random) => {
    let left = random.next() * total;
    for (const choice of choices) {
      left -= choice.weight;
      if (left < 0) return choice;
    }
    const last = choices.at(-1);
    if (last === undefined) throw new RangeError("there is nothing to pick from");
    return last;
  };
}

/** Seeded random numbers: a seed gives the same numbers on any machine. */

/** A source of random numbers. */
export interface Random {
  /** From 0 inclusive to 1 exclusive. */
  next(): number;
  /** An integer from 0 inclusive to `limit` exclusive. */
  below(limit: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** Exponentially distributed with this mean: the time until an event. */
  wait(mean: number): number;
  /** A version 4 UUID. */
  uuid(): string;
}

/** sfc32 from Chris Doty-Humphrey's PractRand (public domain): small, fast, and passes PractRand's tests. */
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
  return {
    next,
    below: (limit) => Math.floor(next() * limit),
    chance: (probability) => next() < probability,
    wait: (mean) => -mean * Math.log(1 - next()),
    uuid() {
      const [first, second, third, last] = [word(), word(), word(), word()];
      writeHex(first >>> 16, 0);
      writeHex(first, 4);
      writeHex((second & 0xffff0fff) >>> 16, 9);
      writeHex((second & 0x0fff) | 0x4000, 14);
      writeHex(((third >>> 16) & 0x3fff) | 0x8000, 19);
      writeHex(third, 24);
      writeHex(last >>> 16, 28);
      writeHex(last, 32);
      return uuidText.toString("latin1");
    },
  };
}

/**
 * The text of a UUID is made in bytes, with tables for its digits: a string that is joined of parts takes three times as
 * long, and keeps its parts in memory.
 */
const uuidText = Buffer.from("00000000-0000-0000-0000-000000000000");
const digits = Buffer.from("0123456789abcdef");

/** Writes 16 bits as four digits. */
function writeHex(bits: number, offset: number): void {
  uuidText[offset] = digits[(bits >>> 12) & 15] ?? 0;
  uuidText[offset + 1] = digits[(bits >>> 8) & 15] ?? 0;
  uuidText[offset + 2] = digits[(bits >>> 4) & 15] ?? 0;
  uuidText[offset + 3] = digits[bits & 15] ?? 0;
}

/** Returns a function that picks a choice at random by weight. */
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

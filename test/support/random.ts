/** Numbers that look random and are the same again for the same seed. */

/** From 0 to below 1, by Marsaglia's xorshift (Xorshift RNGs, 2003: the triple 13, 17, 5). */
export function randomNumbers(seed: number): () => number {
  // Zero would stay zero.
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

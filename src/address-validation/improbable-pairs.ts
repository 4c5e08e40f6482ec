/**
 * Pairs of letters that no language's names have often. Derived from the 27,500 first and last names of 77 locales of
 * @faker-js/faker (MIT), without accents: a pair is listed unless it occurs in at least three names and 0.05 % of the
 * pairs of one locale.
 */

/** A first letter, and those that seldom follow it. */
const seconds = [
  "b:cfgmpqtvwxz c:dfgnpwx d:cfpqx e:q f:bcdghjknpqsvwxz g:cfjkpqtvx h:cdfgjpvx j:bfghjpqrvwx k:fgjpqxz l:rx",
  "m:dhjqvwx n:fpqx p:bcdgjmnqvwxyz q:bcdefghjklmnpqrtwxyz r:pqx s:dfgx t:bdgpqvx u:q v:bfhjmpqtvwxz",
  "w:bcdfghjkmpqtvwxz x:bcdfghjklnpqrstuvwxyz y:fhjqwx z:fghjpqstx",
];

export const improbablePairs: ReadonlySet<string> = new Set(
  seconds
    .flatMap((line) => line.split(" "))
    .flatMap((entry) => [...entry.slice(2)].map((second) => `${entry.charAt(0)}${second}`)),
);

/** Fictional people, always the same. */

const first = [
  "ada",
  "grace",
  "linus",
  "margaret",
  "edsger",
  "barbara",
  "donald",
  "frances",
  "niklaus",
  "radia",
  "tim",
  "anita",
];
const last = ["berg", "novak", "keller", "rossi", "martin", "silva", "lund", "moreau", "okafor", "tanaka"];
const domains = ["gmail.com", "hotmail.com", "yahoo.com", "icloud.com", "gmx.de", "acme.example"];

const pick = <Item>(items: readonly [Item, ...Item[]] | readonly Item[], at: number): Item => {
  const item = items[at % items.length];
  if (item === undefined) throw new Error("there is nothing to pick from");
  return item;
};

/** The address of a person by number; unique for numbers below 120. */
export function addressOf(number: number): string {
  const name = `${pick(first, number)}.${pick(last, Math.floor(number / first.length) + number)}`;
  return `${name}@${pick(domains, number * 7 + Math.floor(number / 5))}`;
}

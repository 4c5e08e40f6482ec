/** Reads members of the admin API's input for sources. Each error is a `MirrorError` with a message for people. */
import { MirrorError } from "./mirror-error.ts";

export type InputMembers = Readonly<Record<string, unknown>>;

/** The members of a JSON object; refuses any that are not in `names`. */
export function membersOf(value: unknown, what: string, names: readonly string[]): InputMembers {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw bad(`${what} must be a JSON object.`);
  const members = Object.entries(value);
  const unknown = members.find(([name]) => !names.includes(name));
  if (unknown) throw bad(`There is no member ${shown(unknown[0])} in ${what}. Known are ${names.join(", ")}.`);
  return Object.fromEntries(members);
}

/** An optional string. */
export function textMember(members: InputMembers, name: string): string | undefined {
  const value = members[name];
  if (value !== undefined && typeof value !== "string") throw bad(`${name} must be a text.`);
  return value;
}

/** An optional boolean. */
export function flagMember(members: InputMembers, name: string): boolean | undefined {
  const value = members[name];
  if (value !== undefined && typeof value !== "boolean") throw bad(`${name} must be true or false.`);
  return value;
}

/** An optional member that is one of the choices. */
export function choiceMember<Choice extends string>(
  members: InputMembers,
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  const given = members[name];
  if (given === undefined) return undefined;
  const choice = choices.find((one) => one === given);
  if (choice === undefined) throw bad(`${name} must be one of ${choices.join(", ")}.`);
  return choice;
}

/** An optional list of distinct strings, each of which `is` accepts. */
export function listMember(
  members: InputMembers,
  name: string,
  { is, what, most }: { is: (text: string) => boolean; what: string; most: number },
): string[] | undefined {
  const given = members[name];
  if (given === undefined) return undefined;
  if (!Array.isArray(given) || given.length > most) throw bad(`${name} must be a list of up to ${most}: ${what}.`);
  const texts = given.map((one: unknown) => {
    if (typeof one !== "string" || !is(one)) throw bad(`${shown(one)} in ${name} is not ${what}.`);
    return one;
  });
  if (new Set(texts).size < texts.length) throw bad(`${name} has a duplicate.`);
  return texts;
}

/** The error for invalid input. */
export function bad(message: string): MirrorError {
  return new MirrorError(400, message);
}

/** A value as JSON for an error message, truncated. */
export function shown(value: unknown): string {
  const text = JSON.stringify(typeof value === "string" ? value.slice(0, 200).toWellFormed() : value) ?? "undefined";
  return text.length > 210 ? `${text.slice(0, 210)}…` : text;
}

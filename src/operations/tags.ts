/** The rules for the tags of a resource: SES's own, in SES's observed order. */
import type { Tag } from "@aws-sdk/client-sesv2";
import { errors } from "../contract/errors.ts";

const MAX_TAGS = 50;
const MAX_KEY = 128;
const MAX_VALUE = 256;
const allowed = /^[\p{L}\p{N}\p{Z}_.:/=+@-]*$/u;

// Limits count code points, as everywhere in SES's model.
const length = (text: string) => [...text].length;

/**
 * Checks the tags of a resource and returns them in their stored form. Throws a bad request: too many, a character that
 * isn't allowed, the reserved prefix, a length, an empty key, a duplicate key.
 */
export function checkTags(given: readonly Tag[] | undefined): Tag[] {
  const tags = (given ?? []).map((tag) => ({ Key: tag.Key ?? "", Value: tag.Value ?? "" }));
  if (tags.length > MAX_TAGS) throw errors.tooManyTags(MAX_TAGS);
  if (tags.some((tag) => !allowed.test(tag.Key) || !allowed.test(tag.Value))) throw errors.tagCharacters();
  if (tags.some((tag) => /^aws:/i.test(tag.Key))) throw errors.systemTag();

  const tooLong = tags.flatMap((tag, index) => [
    ...(length(tag.Value) > MAX_VALUE ? [violation(index, "value", MAX_VALUE)] : []),
    ...(length(tag.Key) > MAX_KEY ? [violation(index, "key", MAX_KEY)] : []),
  ]);
  if (tooLong.length > 0) throw errors.constraints(tooLong);

  if (tags.some((tag) => tag.Key === "")) throw errors.emptyTagKey();
  if (new Set(tags.map((tag) => tag.Key)).size < tags.length) throw errors.repeatedTagKey();
  return tags;
}

/**
 * The tags of a resource after more were set: a new value replaces that of its key, in its place. Throws a bad request
 * if there are more than 50.
 */
export function mergeTags(stored: readonly Tag[], given: readonly Tag[]): Tag[] {
  const merged = [...new Map([...stored, ...given].map((tag) => [tag.Key, tag])).values()];
  if (merged.length > MAX_TAGS) throw errors.tooManyTags(MAX_TAGS);
  return merged;
}

function violation(index: number, member: string, limit: number): string {
  return (
    `Value at 'tags.${index + 1}.member.${member}' failed to satisfy constraint: ` +
    `Member must have length less than or equal to ${limit}`
  );
}

/** The tags of a message: from the API's EmailTags, or from the header X-SES-MESSAGE-TAGS. */
import { errors } from "../../contract/errors.ts";

/** Values by tag name, in the order given; a repeated name has several values. */
export type MessageTags = Readonly<Record<string, readonly string[]>>;

interface GivenTag {
  readonly name: string;
  readonly value: string;
}

/** From MessageTag in SES's API reference. */
const maxLength = 256;
/** SES's quota for a message. A repeated name counts each time. */
const maxTags = 50;
/** A longer header has more tags, or none that are short enough. */
const maxHeader = 64 * 1024;

/** The only names with a colon that SES accepts: they go into the Feedback-ID header. */
const feedbackIdTags = new Set(["ses:feedback-id-a", "ses:feedback-id-b"]);

/**
 * The effective tags: the API's if there are any, else the header's. SES does not merge them.
 * @param header the value of X-SES-MESSAGE-TAGS: `name=value, name=value`.
 * @throws ServiceError if there are more than 50, or a name or value is missing, too long, or has an invalid character.
 */
export function messageTags(
  given: readonly { readonly Name?: string | undefined; readonly Value?: string | undefined }[] | undefined,
  header: string | undefined,
): MessageTags {
  if (given !== undefined && given.length > maxTags) throw errors.tooManyMessageTags(maxTags);
  const ofApi = given?.map(({ Name, Value }) => ({ name: Name ?? "", value: Value ?? "" })) ?? [];
  const tags = ofApi.length > 0 || header === undefined ? ofApi : parseHeader(header);
  if (tags.length === 0) return {};
  if (tags.length > maxTags) throw errors.tooManyMessageTags(maxTags);
  for (const { name, value } of tags) check(name, value);
  const byName = Map.groupBy(tags, ({ name }) => name);
  // Creates own properties for any name, including `__proto__`, which is a valid tag name.
  return Object.fromEntries(Array.from(byName, ([name, same]) => [name, same.map(({ value }) => value)]));
}

function parseHeader(header: string): GivenTag[] {
  if (header.length > maxHeader) throw errors.tooManyMessageTags(maxTags);
  const pieces = header.split(",").map((piece) => piece.trim());
  return pieces
    .filter((piece) => piece !== "")
    .map((piece) => {
      const equals = piece.indexOf("=");
      if (equals < 0) throw errors.sesHeader("X-SES-MESSAGE-TAGS");
      return { name: piece.slice(0, equals).trim(), value: piece.slice(equals + 1).trim() };
    });
}

function check(name: string, value: string): void {
  if (name === "") throw errors.messageTagNameMissing();
  if (value === "") throw errors.messageTagValueMissing();
  if (name.length > maxLength) throw errors.messageTagTooLong("name", maxLength);
  if (!/^[A-Za-z0-9_-]+$/.test(name) && !feedbackIdTags.has(name)) throw errors.messageTag("name", name);
  if (value.length > maxLength) throw errors.messageTagTooLong("value", maxLength);
  if (!/^[A-Za-z0-9_-]+$/.test(value)) throw errors.messageTag("value", value);
}

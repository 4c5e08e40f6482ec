/** Reads the type-specific fields of a recorded event, which other systems may have written. */
import type { EventRow } from "../stores/clickhouse/events.ts";

/** The event's type-specific fields; none if they can't be parsed, for example if another system wrote the event. */
export function detailsOf({ details = "" }: EventRow): Readonly<Record<string, unknown>> {
  try {
    return objectOf(JSON.parse(details || "{}"));
  } catch {
    return {};
  }
}

/** The members of an object; none of any other value. */
export function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** The account that owns the identity of a SEND, if it is not the one that sent; `record.ts` writes it. */
export function identityOwnerOf(send: EventRow): { scope: number; accountId: string } | undefined {
  const { scope, accountId } = objectOf(detailsOf(send).identityOwner);
  return typeof scope === "number" && typeof accountId === "string" ? { scope, accountId } : undefined;
}

/** Values by name, such as the tags of a link; undefined if there are none. */
export function tagsIn(value: unknown): Record<string, string[]> | undefined {
  if (areTags(value)) return Object.keys(value).length === 0 ? undefined : value;
  const tags = Object.entries(objectOf(value)).map(([name, values]): [string, string[]] => [
    name,
    Array.isArray(values) ? values.filter((one): one is string => typeof one === "string") : [],
  ]);
  return tags.length === 0 ? undefined : Object.fromEntries(tags);
}

function areTags(value: unknown): value is Record<string, string[]> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((list) => Array.isArray(list) && list.every((one) => typeof one === "string"));
}

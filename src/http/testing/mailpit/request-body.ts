/** JSON bodies as Mailpit reads them: of any content type, with names of members in any case. */

/** A request is invalid. The client gets the `message`, with status 400. */
export class MailpitRequestError extends Error {
  override name = "MailpitRequestError";
}

/** The members of the object in a body, by their names in lower case. Throws a `MailpitRequestError`. */
export function bodyMembers(body: unknown): ReadonlyMap<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(body instanceof Uint8Array ? Buffer.from(body).toString("utf8") : "");
  } catch (error) {
    throw new MailpitRequestError(error instanceof Error ? error.message : "invalid JSON");
  }
  if (!isObject(value)) throw new MailpitRequestError("the body must be a JSON object");
  return membersOf(value);
}

/** The members of an object, by their names in lower case; none of any other value. */
export function membersOf(value: unknown): ReadonlyMap<string, unknown> {
  return new Map(isObject(value) ? Object.entries(value).map(([name, one]) => [name.toLowerCase(), one]) : []);
}

/** A member that is a text; empty if it is absent. Throws a `MailpitRequestError`. */
export function textIn(members: ReadonlyMap<string, unknown>, name: string): string {
  const value = members.get(name) ?? "";
  if (typeof value !== "string") throw new MailpitRequestError(`${name} must be a string`);
  return value;
}

/** A member that is a list of texts; empty if it is absent. Throws a `MailpitRequestError`. */
export function textsIn(members: ReadonlyMap<string, unknown>, name: string): string[] {
  return listIn(members, name).map((value) => {
    if (typeof value !== "string") throw new MailpitRequestError(`${name} must be a list of strings`);
    return value;
  });
}

/** A member that is a list; empty if it is absent. Throws a `MailpitRequestError`. */
export function listIn(members: ReadonlyMap<string, unknown>, name: string): readonly unknown[] {
  const value = members.get(name) ?? [];
  if (!Array.isArray(value)) throw new MailpitRequestError(`${name} must be a list`);
  return value;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

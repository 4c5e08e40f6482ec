/** Splits a request of the Query protocol into its parameters (application/x-www-form-urlencoded). */
import { isUtf8 } from "node:buffer";
import { v1Errors } from "./errors.ts";
import { apiVersion } from "./model.ts";

/** A parameter: its decoded name, and its value as on the wire. */
export type Parameter = readonly [name: string, encoded: string];

/** Far more than the largest request: 50 destinations with 50 addresses and 50 tags each. */
const maxParameters = 20_000;

/**
 * The parameters of a request, those of the query first; SES ignores where they are.
 * @param query without the `?`
 * @throws a MalformedInput if there are too many, or a name is not percent-encoded UTF-8
 */
export function readParameters(query: string, body: Uint8Array): Parameter[] {
  if (!isUtf8(body)) throw v1Errors.notUtf8();
  const found: Parameter[] = [];
  split(query, found);
  split(Buffer.from(body.buffer, body.byteOffset, body.length).toString().trimEnd(), found);
  return found;
}

function split(text: string, found: Parameter[]): void {
  for (let start = 0; start < text.length; ) {
    const ampersand = text.indexOf("&", start);
    const end = ampersand < 0 ? text.length : ampersand;
    if (end > start) {
      if (found.length === maxParameters) throw v1Errors.tooManyParameters(maxParameters);
      const piece = text.slice(start, end);
      const equals = piece.indexOf("=");
      found.push(
        equals < 0 ? [formDecoded(piece), ""] : [formDecoded(piece.slice(0, equals)), piece.slice(equals + 1)],
      );
    }
    start = end + 1;
  }
}

/** Decodes a name or a value; a plus is a space. Throws a MalformedInput if it is not percent-encoded UTF-8. */
export function formDecoded(text: string): string {
  const spaced = text.replaceAll("+", " ");
  if (!spaced.includes("%")) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    throw v1Errors.notUtf8();
  }
}

/** What a request asks for. */
export interface RequestedAction {
  readonly action: string;
  readonly version: string;
}

/** The action, and its version: many clients send none. Throws a MissingAction if there is no action. */
export function requestedAction(parameters: readonly Parameter[]): RequestedAction {
  const action = parameterNamed(parameters, "Action") ?? "";
  if (action === "") throw v1Errors.actionMissing();
  return { action, version: parameterNamed(parameters, "Version") || apiVersion };
}

/** The decoded value of the first parameter with this name. */
function parameterNamed(parameters: readonly Parameter[], wanted: string): string | undefined {
  const found = parameters.find(([name]) => name === wanted);
  return found && formDecoded(found[1]);
}

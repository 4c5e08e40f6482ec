/** Reads what the receiving server says about SPF and DKIM, from Authentication-Results (RFC 8601). Pure. */
import type { Fields } from "../mail/lenient-mime.ts";

/** Whether mail passed; null if the server says nothing about the method. */
export interface AuthenticationResults {
  readonly spf: boolean | null;
  readonly dkim: boolean | null;
}

/** One Authentication-Results field. */
export interface ResultsField {
  /** In lower case. */
  readonly authservId: string;
  /** Method and result in lower case, such as `spf` and `pass`. */
  readonly results: readonly (readonly [method: string, result: string])[];
}

/** The longest field that is read, in characters. */
const longest = 64 << 10;

/**
 * Reads the results in a received header. Only fields above the Message-ID count, which is the first field that this
 * server writes: those below may come from the sender. Of these, only those of one server count: `authservId`, or the
 * server of the topmost field (RFC 8601, 5 and 7.1). A server may write a field for each method.
 */
export function readAuthentication(fields: Fields, authservId: string | null): AuthenticationResults {
  const own = fields.findIndex(({ name }) => name === "message-id");
  const added = fields
    .slice(0, Math.max(0, own))
    .flatMap(({ name, value }) => (name === "authentication-results" ? [parseResults(value)] : []))
    .filter((one) => one !== undefined);
  const trusted = authservId?.toLowerCase() ?? added[0]?.authservId;
  const results = added.flatMap((one) => (one.authservId === trusted ? one.results : []));
  return { spf: passed(results, "spf"), dkim: passed(results, "dkim") };
}

/** Mail has passed if any result is a pass: it may have several signatures. */
function passed(results: ResultsField["results"], method: string): boolean | null {
  const own = results.filter(([name]) => name === method);
  return own.length === 0 ? null : own.some(([, result]) => result === "pass");
}

/** Parses the value of a field; undefined if it is malformed or too long. Properties of results are skipped. */
export function parseResults(value: string): ResultsField | undefined {
  if (value.length > longest) return undefined;
  const [head = "", ...parts] = statements(value);
  const authservId = /^\s*([^\s"]+)/.exec(head)?.[1]?.toLowerCase();
  if (authservId === undefined) return undefined;
  const results = parts.flatMap((part) => {
    const [, method, result] = /^\s*([a-z0-9-]+)\s*(?:\/\s*\d+\s*)?=\s*([a-z0-9-]+)/i.exec(part) ?? [];
    return method === undefined || result === undefined ? [] : [[method.toLowerCase(), result.toLowerCase()] as const];
  });
  return { authservId, results };
}

/** Splits at semicolons, without comments, which may be nested; quoted texts become one space. */
function statements(value: string): string[] {
  const found: string[] = [];
  let statement = "";
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < value.length; at++) {
    const character = value.charAt(at);
    if (character === "\\" && (quoted || depth > 0)) at++;
    else if (quoted) quoted = character !== '"';
    else if (character === "(") depth++;
    else if (character === ")" && depth > 0) depth--;
    else if (depth > 0) continue;
    else if (character === '"') {
      quoted = true;
      statement += " ";
    } else if (character === ";") {
      found.push(statement);
      statement = "";
    } else statement += character;
  }
  return [...found, statement];
}

/**
 * The canonical request of Signature Version 4: the text that client and server derive from the same request, for
 * services other than S3 (AWS IAM User Guide, "Create a signed AWS API request"). Strings hold one byte per character
 * (latin1), as Node provides them from the wire, so nothing is decoded that a signer might have encoded differently.
 */

/** A request as received. */
export interface SignableRequest {
  readonly method: string;
  /** Path and query, as in the request line. */
  readonly target: string;
  /** Alternating names and values, in the order received. */
  readonly rawHeaders: readonly string[];
}

/** A decoded query parameter. */
export type QueryParameter = readonly [name: string, value: string];

/** A header's value as in a canonical request, with repeated headers joined. Undefined if there is none. */
export function headerValue({ rawHeaders }: SignableRequest, lowerName: string): string | undefined {
  let joined: string | undefined;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    if (name?.length !== lowerName.length || name.toLowerCase() !== lowerName) continue;
    const value = collapse(rawHeaders[at + 1] ?? "");
    joined = joined === undefined ? value : `${joined},${value}`;
  }
  return joined;
}

/** The values of all headers by name in lower case, as `headerValue` returns them. */
function headerValues({ rawHeaders }: SignableRequest): ReadonlyMap<string, string> {
  const values = new Map<string, string[]>();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? "").toLowerCase();
    const value = collapse(rawHeaders[at + 1] ?? "");
    const others = values.get(name);
    if (others) others.push(value);
    else values.set(name, [value]);
  }
  return new Map(values.entries().map(([name, all]) => [name, all.join(",")]));
}

/** The parameters of a target's query, in order and form-decoded: a plus is a space. */
export function queryParameters(target: string): QueryParameter[] {
  const queryAt = target.indexOf("?");
  if (queryAt < 0) return [];
  const parameters: QueryParameter[] = [];
  for (const piece of target.slice(queryAt + 1).split("&")) {
    if (piece === "") continue;
    const equals = piece.indexOf("=");
    const name = equals < 0 ? piece : piece.slice(0, equals);
    parameters.push([percentDecode(name), equals < 0 ? "" : percentDecode(piece.slice(equals + 1))]);
  }
  return parameters;
}

/**
 * The canonical request. `signedHeaders` are lower-case names joined by semicolons; `payloadHash` is the signer's hash
 * of the body. Undefined if a signed header is missing or named twice.
 */
export function canonicalRequest(
  request: SignableRequest,
  signedHeaders: string,
  payloadHash: string,
): string | undefined {
  const { method, target } = request;
  const queryAt = target.indexOf("?");
  const path = canonicalPath(queryAt < 0 ? target : target.slice(0, queryAt));
  let text = `${method}\n${path}\n${queryAt < 0 ? "" : canonicalQuery(queryParameters(target))}\n`;
  const values = headerValues(request);
  const names = signedHeaders.split(";");
  // No client signs a header twice, and a thousand times would multiply its value.
  if (new Set(names).size < names.length) return undefined;
  for (const name of names) {
    const value = values.get(name);
    if (value === undefined) return undefined;
    text += `${name}:${value}\n`;
  }
  return `${text}\n${signedHeaders}\n${payloadHash}`;
}

/** Resolves dots and empty segments (RFC 3986, 5.2.4), then encodes once more than on the wire. */
function canonicalPath(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") kept.pop();
    else if (segment !== "" && segment !== ".") kept.push(percentEncode(segment));
  }
  if (kept.length === 0) return "/";
  return `/${kept.join("/")}${path.endsWith("/") ? "/" : ""}`;
}

/** All parameters except the signature itself, sorted by encoded name, then by encoded value. */
function canonicalQuery(parameters: readonly QueryParameter[]): string {
  return parameters
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]): QueryParameter => [percentEncode(name), percentEncode(value)])
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** Collapses ASCII white space only: the byte 0xA0 is part of a character here. */
function collapse(value: string): string {
  return value.replace(/[\t-\r ]+/g, " ").replace(/^ | $/g, "");
}

/** Keeps RFC 3986's unreserved characters. */
function percentEncode(bytes: string): string {
  return bytes.replace(/[^\w.~-]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`);
}

function percentDecode(text: string): string {
  return text
    .replaceAll("+", " ")
    .replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

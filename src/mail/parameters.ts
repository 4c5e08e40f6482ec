/**
 * Parses the parameters of Content-Type and Content-Disposition (RFC 2045, 5.1), also in segments and percent-encoded
 * (RFC 2231, 3 and 4). Lenient, as mail programs are: semicolons and closing quotes may be missing, and values without
 * quotes may contain spaces. Never throws, takes linear time.
 */

/** A value that a field gives to a parameter. */
export interface ParameterValue {
  /** Without quotes. An extended value is joined and percent-decoded: each character is a byte of its charset. */
  readonly text: string;
  /** `extended`: in segments, or percent-encoded. */
  readonly form: "token" | "quoted" | "extended";
  /** The charset that an extended value declares, if it does. */
  readonly charset: string | undefined;
}

/**
 * The values that a field gives to a parameter. The first one counts: an extended value (RFC 6266, 4.3), or the first
 * of several. Mail programs differ, so a security check must consider all of them.
 * @param field the whole value of the field, unfolded.
 * @param name in lower case.
 */
export function parameterValues(field: string, name: string): ParameterValue[] {
  const plain: ParameterValue[] = [];
  const segments = new Map<number, Written>();
  for (const written of writtenParameters(field, name)) {
    const { text, form, index, encoded } = written;
    if (index === undefined && !encoded) plain.push({ text, form, charset: undefined });
    else if (!segments.has(index ?? 0)) segments.set(index ?? 0, written);
  }
  const extended = joined(segments);
  return extended === undefined ? plain : [extended, ...plain];
}

/** The value of a parameter that is one word, such as `charset`; undefined if it is absent. */
export function parameter(field: string, name: string): string | undefined {
  const value = parameterValues(field, name)[0];
  return value?.form === "token" ? /^[^\s"]*/.exec(value.text)?.[0] : value?.text;
}

/** The boundary that a Content-Type declares, if any. It does not end with white space (RFC 2046, 5.1.1). */
export function boundaryOf(contentType: string): string | undefined {
  return parameter(contentType, "boundary")?.trimEnd() || undefined;
}

/** A parameter as written: `name*index*=text`. `encoded` tells of the last asterisk. */
interface Written {
  readonly text: string;
  readonly form: "token" | "quoted";
  readonly index: number | undefined;
  readonly encoded: boolean;
}

const separators = /[; \t\r\n]*/y;
const spaces = /[ \t\r\n]*/y;
const attribute = /([^;="* \t\r\n]+)(?:\*(\d{1,3}))?(\*)?[ \t\r\n]*=/y;
/** Parameters that end the value before them even without a semicolon: some mailers forget it. */
const unseparated = /(?:boundary|charset|delsp|format|(?:file)?name|report-type|type)(?:\*\d{0,3}\*?)?[ \t\r\n]*=/iy;
const word = /[^; \t\r\n]*/y;
/** A media type or disposition, or anything else that is no parameter. */
const otherWord = /=*[^;= \t\r\n]*/y;

/** Yields the parameters with this name, in the order of the field. */
function* writtenParameters(field: string, name: string): Generator<Written> {
  for (let at = endOf(separators, field, 0); at < field.length; at = endOf(separators, field, at)) {
    attribute.lastIndex = at;
    const match = attribute.exec(field);
    if (match === null) {
      at = Math.max(endOf(otherWord, field, at), at + 1);
      continue;
    }
    const value = readValue(field, endOf(spaces, field, attribute.lastIndex));
    at = value.end;
    if (match[1]?.toLowerCase() !== name) continue;
    const index = match[2] === undefined ? undefined : Number(match[2]);
    yield { text: value.text, form: value.form, index, encoded: match[3] !== undefined };
  }
}

function readValue(field: string, start: number): Pick<Written, "text" | "form"> & { end: number } {
  if (field[start] === '"') return readQuoted(field, start + 1);
  let end = endOf(word, field, start);
  for (let next = endOf(spaces, field, end); next > end; next = endOf(spaces, field, end)) {
    unseparated.lastIndex = next;
    if (next === field.length || field[next] === ";" || unseparated.test(field)) break;
    end = endOf(word, field, next);
  }
  return { text: field.slice(start, end), form: "token", end };
}

/** Reads up to the closing quote or, without one, to the end. By index: a pattern would need memory for each escape. */
function readQuoted(field: string, start: number): Pick<Written, "text" | "form"> & { end: number } {
  let end = start;
  while (end < field.length && field[end] !== '"') end += field[end] === "\\" ? 2 : 1;
  const text = field.slice(start, end);
  return { text: text.includes("\\") ? text.replace(/\\(.)/gs, "$1") : text, form: "quoted", end: end + 1 };
}

/** Offset after the match of a sticky pattern at `at`; the pattern may match nothing. */
function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

/** Joins the segments up to the first missing one. The first may declare the charset: `utf-8'en'text`. */
function joined(segments: ReadonlyMap<number, Written>): ParameterValue | undefined {
  const first = segments.get(0);
  if (first === undefined) return undefined;
  const declared = first.encoded ? /^([^']*)'[^']*'/.exec(first.text) : null;
  const pieces: string[] = [];
  // Encoded segments in a row are decoded together, since some mailers split them within an escape.
  let encoded = "";
  for (let index = 0, segment: Written | undefined = first; segment; segment = segments.get(++index)) {
    const text = index === 0 ? segment.text.slice(declared?.[0].length ?? 0) : segment.text;
    if (segment.encoded) encoded += text;
    else {
      pieces.push(percentDecoded(encoded), text);
      encoded = "";
    }
  }
  pieces.push(percentDecoded(encoded));
  return { text: pieces.join(""), form: "extended", charset: declared?.[1] || undefined };
}

function percentDecoded(text: string): string {
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

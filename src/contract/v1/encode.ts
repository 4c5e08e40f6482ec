/** Encodes outputs and errors as the XML of the Query protocol. */
import { isJsonObject } from "../json-values.ts";
import type { QueryApiError } from "./errors.ts";
import { operationNamed, type Shape, structureNamed, xmlNamespace } from "./model.ts";
import type { OperationName, Output } from "./types.ts";

/** Characters that XML 1.0 can't carry, not even escaped (section 2.2). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to find
const notXml = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g;

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  // Readers turn a bare one into a line feed (section 2.11).
  "\r": "&#xD;",
};

/** A text as the content of an element. Characters that XML can't carry become U+FFFD. */
export function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(notXml, "\uFFFD")
    .replace(/[&<>"\r]/g, (character) => escapes[character] ?? character);
}

function element(name: string, content: string): string {
  return `<${name}>${content}</${name}>`;
}

function unfit(name: string): TypeError {
  return new TypeError(`a handler's answer doesn't fit the model of ${name}`);
}

/** The content of the element `name`. */
function contentOf(name: string, shape: Shape, value: unknown): string {
  const { type, structure, item, value: entry } = shape;
  switch (type) {
    case "structure":
      return membersOf(structure ?? "", value);
    case "list":
      if (!Array.isArray(value) || item === undefined) throw unfit(name);
      return value.map((one) => element("member", contentOf(name, item, one))).join("");
    case "map":
      if (!isJsonObject(value) || entry === undefined) throw unfit(name);
      return Object.entries(value)
        .filter(([, one]) => one !== undefined)
        .map(([key, one]) =>
          element("entry", element("key", escapeXml(key)) + element("value", contentOf(name, entry, one))),
        )
        .join("");
    case "timestamp":
      if (!(value instanceof Date) || Number.isNaN(value.getTime())) throw unfit(name);
      return value.toISOString().replace(".000Z", "Z");
    case "double":
      if (typeof value !== "number") throw unfit(name);
      return Number.isInteger(value) ? value.toFixed(1) : String(value);
    case "blob":
      if (!(value instanceof Uint8Array)) throw unfit(name);
      return Buffer.from(value.buffer, value.byteOffset, value.length).toString("base64");
    case "integer":
    case "boolean":
      if (typeof value !== "number" && typeof value !== "boolean") throw unfit(name);
      return String(value);
    default:
      if (typeof value !== "string") throw unfit(name);
      return escapeXml(value);
  }
}

function membersOf(structure: string, value: unknown): string {
  if (!isJsonObject(value)) throw unfit(structure);
  return Object.entries(structureNamed(structure).members)
    .filter(([name]) => value[name] !== undefined)
    .map(([name, shape]) => element(name, contentOf(name, shape, value[name])))
    .join("");
}

/**
 * The body of an operation's response. Undefined members are left out. An operation that returns nothing has no result.
 * @throws a TypeError for an output that does not match the model: a defect of the handler
 */
export function encode<Name extends OperationName>(name: Name, output: Output<Name>, requestId: string): string {
  const { output: structure } = operationNamed(name);
  const result = structure === undefined ? "" : element(`${name}Result`, membersOf(structure, output));
  const metadata = element("ResponseMetadata", element("RequestId", escapeXml(requestId)));
  return `<${name}Response xmlns="${xmlNamespace}">${result}${metadata}</${name}Response>`;
}

/** The body of the response to an error. `RequestId` is not in ResponseMetadata here. */
export function encodeError({ code, status, text, members }: QueryApiError, requestId: string): string {
  const parts = [
    element("Type", status < 500 ? "Sender" : "Receiver"),
    element("Code", code),
    ...(text === undefined ? [] : [element("Message", escapeXml(text))]),
    ...Object.entries(members).map(([name, value]) => element(name, escapeXml(value))),
  ];
  const error = element("Error", parts.join(""));
  return `<ErrorResponse xmlns="${xmlNamespace}">${error}${element("RequestId", escapeXml(requestId))}</ErrorResponse>`;
}

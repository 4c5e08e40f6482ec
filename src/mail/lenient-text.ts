/** Decodes text in received mail: bodies, fields and file names. Never throws, takes linear time. */
import { decodeCharset } from "./decode-charset.ts";
import { decodeWords } from "./encoded-words.ts";
import { type ParameterValue, parameterValues } from "./parameters.ts";
import { decodeQuotedPrintable } from "./transfer-encoding.ts";

/**
 * Decodes a body to text with LF line breaks.
 * @param raw one character for each byte.
 * @param encoding the Content-Transfer-Encoding, if any.
 * @param charset the declared charset, if any.
 */
export function decodeText(raw: string, encoding: string | undefined, charset: string | undefined): string {
  const text = decodeCharset(transferDecoded(raw, encoding), charset);
  return text.replaceAll("\r\n", "\n").replaceAll("\r", "\n");
}

/** Decodes the transfer encoding of a body; one character for each byte. */
export function transferDecoded(raw: string, encoding: string | undefined): string {
  switch (encoding?.trim().toLowerCase()) {
    case "base64":
      return Buffer.from(raw, "base64").toString("latin1");
    case "quoted-printable":
      return decodeQuotedPrintable(raw);
    default:
      return raw;
  }
}

/** Decodes non-ASCII bytes and encoded words in a field's value. */
export function fieldText(value: string): string {
  return decodeWords(decodeCharset(value, undefined));
}

/** The file name of a part to show, or undefined. */
export function fileName(disposition: string | undefined, type: string | undefined): string | undefined {
  const [name] = [...parameterValues(disposition ?? "", "filename"), ...parameterValues(type ?? "", "name")];
  return name && decodedName(name);
}

/** Every file name that a mail program may read in a Content-Disposition or Content-Type, decoded. */
export function possibleFileNames(value: string): string[] {
  const names = [...parameterValues(value, "filename"), ...parameterValues(value, "name")];
  // Encoded words are not standard in an extended value, but some programs decode them there, too.
  return names.map((name) => decodeWords(decodedName(name)));
}

/** A name may be in any charset (RFC 2231), or in encoded words, which are not standard here but common. */
function decodedName({ text, form, charset }: ParameterValue): string {
  return form === "extended" ? decodeCharset(text, charset) : fieldText(text);
}

/**
 * Signs messages with S/MIME (RFC 8551, 3.5.3): the message's content becomes the first part of a multipart/signed, its
 * signature the second. The other fields of the header stay where they are.
 */
import { randomUUID } from "node:crypto";
import { type HeaderField, readHeaderBlock } from "../header-block.ts";
import { asSevenBit } from "../long-lines.ts";
import { MailError } from "../mail-error.ts";
import { fieldValue } from "../mime-parts.ts";
import { base64Length, writeBase64 } from "../transfer-encoding.ts";
import type { SmimeSigner } from "./cms-signature.ts";

/** Content that has its sender's own signature or encryption. */
const sealedTypes = /^\s*(?:multipart\/(?:signed|encrypted)|application\/(?:x-)?pkcs7-mime)\s*(?:;|$)/i;

/**
 * Returns the signed message; the same buffer if its content is signed or encrypted already, or can't be parsed.
 * @param message with CRLF line breaks, as it is sent. Parts with 8-bit content get another transfer encoding, because a
 * server on the way may change that otherwise (RFC 8551, 3.1.3).
 */
export async function signMessage(message: Buffer, signer: SmimeSigner, at: Date): Promise<Buffer> {
  const given = splitMessage(message);
  if (!given) return message;
  const { outer, content } = given;
  const signature = await signer.sign(content, at);
  const boundary = `smime-${randomUUID()}`;
  const encoded = Buffer.allocUnsafe(base64Length(signature.length));
  writeBase64(signature, encoded, 0);
  const version = given.hasVersion ? "" : "MIME-Version: 1.0\r\n";
  const head = `${version}Content-Type: multipart/signed; protocol="application/pkcs7-signature";\r\n micalg=${signer.micalg}; boundary="${boundary}"\r\n\r\n--${boundary}\r\n`;
  const between = `\r\n--${boundary}\r\nContent-Type: application/pkcs7-signature; name="smime.p7s"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename="smime.p7s"\r\n\r\n`;
  const end = `\r\n--${boundary}--\r\n`;
  return Buffer.concat([...outer, Buffer.from(head), content, Buffer.from(between), encoded, Buffer.from(end)]);
}

/** The fields that stay, and the content with its own fields. */
interface SplitMessage {
  readonly outer: readonly Buffer[];
  readonly hasVersion: boolean;
  readonly content: Buffer;
}

function splitMessage(message: Buffer): SplitMessage | undefined {
  try {
    if (sealedTypes.test(fieldValue(readHeaderBlock(message).fields, "content-type") ?? "")) return undefined;
    const encoded = asSevenBit(message);
    const { fields, bodyStart } = readHeaderBlock(encoded);
    const bytesOf = ({ start, end }: HeaderField) => encoded.subarray(start, end);
    const { own = [], outer = [] } = Object.groupBy(fields, ({ name }) => (/^content-/i.test(name) ? "own" : "outer"));
    const content = Buffer.concat([...own.map(bytesOf), Buffer.from("\r\n"), encoded.subarray(bodyStart)]);
    return {
      outer: outer.map(bytesOf),
      hasVersion: fieldValue(fields, "mime-version") !== undefined,
      content,
    };
  } catch (error) {
    if (error instanceof MailError) return undefined;
    throw error;
  }
}

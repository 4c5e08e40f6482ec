/** Looks for the EICAR test string: SES rejects mail that has it (`Bad content`), as its virus scanner does with viruses. */

/** The reason that SES gives in the Reject event. */
export const badContentReason = "Bad content";

// In two pieces, or a virus scanner takes this file away.
const signature = Buffer.from(
  `${"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-"}${"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"}`,
  "latin1",
);

/**
 * Whether one of the parts has the test string.
 * @param parts decoded, since Base64 hides it: texts, attachments, or a whole message as it is.
 */
export function hasTestVirus(parts: Iterable<Uint8Array | string>): boolean {
  for (const part of parts) {
    if (typeof part === "string" ? part.includes(signature.toString("latin1")) : bytesOf(part).includes(signature)) {
      return true;
    }
  }
  return false;
}

function bytesOf(part: Uint8Array): Buffer {
  return Buffer.from(part.buffer, part.byteOffset, part.byteLength);
}

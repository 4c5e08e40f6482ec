/** Finds the EICAR test string. SES rejects mail that contains it or a virus (`Bad content`). */

/** The reason in SES's Reject event. */
export const badContentReason = "Bad content";

// Split in two so that virus scanners don't remove this file.
const signature = Buffer.from(
  `${"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-"}${"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"}`,
  "latin1",
);

/**
 * Whether one of the parts contains the test string.
 * @param parts decoded, since Base64 hides the string: texts, attachments, or a whole unencoded message.
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

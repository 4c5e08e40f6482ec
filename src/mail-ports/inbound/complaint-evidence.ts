/**
 * Finds the message that a complaint is about. Anybody can send a report that names a message and an address, so only
 * an authenticated token that this server put into the message counts as evidence: its return path, or the header with
 * a token for complaints. Mail of earlier versions has the return path's token in that header.
 */

import { messageTokenField } from "../../delivery/queue/prepare-mail.ts";
import { type ReturnPath, readComplaintToken, readReturnPath } from "../../delivery/return-path.ts";
import type { ReturnedMail } from "../../mail/bounce/returned-mail.ts";

const tokenForm = /(?<![\w-])[bc]-[a-z2-7]{56}(?![\w-])/gi;
/** How many tokens of a mail are checked. A real report contains a few, from its message. */
const maxTokens = 50;

/** The message and recipient that the report contains a valid token for; undefined if there is none. */
export function complainedOf(
  mail: Extract<ReturnedMail, { kind: "complaint" }>,
  bytes: Buffer,
  secret: Uint8Array,
): ReturnPath | undefined {
  const told = [mail.original?.extensionFields[messageTokenField.toLowerCase()], mail.report.originalMailFrom];
  for (const text of told) {
    const found = text === undefined ? undefined : readEvidence(text.trim(), secret);
    if (found) return found;
  }
  let looked = 0;
  for (const [token] of bytes.toString("latin1").matchAll(tokenForm)) {
    const found = readEvidence(token, secret);
    if (found) return found;
    if (++looked === maxTokens) return undefined;
  }
  return undefined;
}

function readEvidence(text: string, secret: Uint8Array): ReturnPath | undefined {
  return readComplaintToken(text, secret) ?? readReturnPath(text, secret);
}

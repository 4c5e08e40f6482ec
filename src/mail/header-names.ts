/** SES's rules for header names: which may appear only once, and which the sender can't set. */

/** "The following fields can't appear more than once" in the SES developer guide, in lower case. */
const singular = new Set([
  "accept-language",
  "acceptlanguage",
  "archived-at",
  "auto-submitted",
  "bounces-to",
  "comments",
  "content-alternative",
  "content-base",
  "content-class",
  "content-description",
  "content-disposition",
  "content-duration",
  "content-id",
  "content-language",
  "content-length",
  "content-location",
  "content-md5",
  "content-transfer-encoding",
  "content-type",
  "date",
  "delivered-to",
  "disposition-notification-options",
  "disposition-notification-to",
  "dkim-signature",
  "domainkey-signature",
  "errors-to",
  "from",
  "importance",
  "in-reply-to",
  "keywords",
  "list-archive",
  "list-help",
  "list-id",
  "list-owner",
  "list-post",
  "list-subscribe",
  "list-unsubscribe",
  "list-unsubscribe-post",
  "message-context",
  "message-id",
  "mime-version",
  "organization",
  "original-from",
  "original-message-id",
  "original-recipient",
  "original-subject",
  "precedence",
  "priority",
  "references",
  "reply-to",
  "return-path",
  "return-receipt-to",
  "sender",
  "solicitation",
  "sensitivity",
  "subject",
  "thread-index",
  "thread-topic",
  "user-agent",
  "vbr-info",
]);

/**
 * The guide's "disallowed as custom headers" with Simple and templated content, and Content-Transfer-Encoding, which
 * a composed message sets itself.
 */
const reserved = new Set([
  "bcc",
  "cc",
  "content-disposition",
  "content-transfer-encoding",
  "content-type",
  "date",
  "from",
  "message-id",
  "mime-version",
  "reply-to",
  "return-path",
  "subject",
  "to",
]);

/** The name of the first header that is repeated but may not be, as written; undefined if there is none. */
export function duplicatedHeader(names: Iterable<string>): string | undefined {
  const seen = new Set<string>();
  for (const name of names) {
    const key = name.toLowerCase();
    if (!singular.has(key)) continue;
    if (seen.has(key)) return name;
    seen.add(key);
  }
  return undefined;
}

/** Whether a composed message sets this header itself, so that the sender can't. */
export function isReservedHeader(name: string): boolean {
  return reserved.has(name.toLowerCase());
}

/** Whether the header is an instruction for SES (`X-SES-CONFIGURATION-SET`, ...) and is not sent. */
export function isSesHeader(name: string): boolean {
  return /^x-ses-/i.test(name);
}

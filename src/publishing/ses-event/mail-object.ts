/** The `mail` object of SES's events and notifications: what its message's SEND and headers tell. */
import { detailsOf, identityOwnerOf } from "../../events/recorded-details.ts";
import type { EventRow } from "../../stores/clickhouse/events.ts";
import type { MailHeaders } from "./mail-headers.ts";
import { identityArn, type SendingAccount } from "./sending-account.ts";

/** The members before the headers, in the order of AWS's samples. `caller` is only in notifications of identities. */
export function mailFacts(send: EventRow, account: SendingAccount, caller: object = {}): object {
  return {
    timestamp: new Date(send.sent_at).toISOString(),
    source: send.source ?? "",
    sourceArn: identityArn({ ...account, ...identityOwnerOf(send) }, send.identity ?? ""),
    ...caller,
    sendingAccountId: account.accountId,
    messageId: send.message_id,
    destination: send.destination?.length ? send.destination : [send.recipient],
  };
}

/**
 * `headersTruncated`, `headers` and `commonHeaders`. If the headers are unknown, because the message was not rendered or
 * its mail has been deleted, they are truncated altogether.
 * @param messageId of the common headers: SES's ID in events, the field Message-ID in notifications.
 */
export function headerMembers(send: EventRow, known: MailHeaders | undefined, messageId: string): object {
  const { feedbackAddress } = detailsOf(send);
  const common = known?.common;
  const list = (addresses: readonly string[] | undefined) => (addresses?.length ? addresses : undefined);
  return {
    headersTruncated: known?.truncated ?? true,
    headers: known?.headers ?? [],
    commonHeaders: {
      returnPath: typeof feedbackAddress === "string" ? feedbackAddress : undefined,
      from: list(common?.from) ?? [send.source ?? ""],
      replyTo: list(common?.replyTo),
      date: common?.date,
      to: list(common?.to),
      cc: list(common?.cc),
      messageId,
      subject: common?.subject ?? (send.subject || undefined),
    },
  };
}

/** The order of SES's own tags in its events. The sender's follow. */
const sesTags = [
  "ses:operation",
  "ses:configuration-set",
  "ses:recipient-isp",
  "ses:source-ip",
  "ses:from-domain",
  "ses:sender-identity",
  "ses:caller-identity",
];

/** The tags, in SES's order. A message's events share them, so the recipient's provider is left out if there are several. */
export function mailTags({ tags = {}, tenant, destination }: EventRow): Record<string, readonly string[]> {
  const left = new Map<string, readonly string[]>(Object.entries(tags));
  const ordered = new Map<string, readonly string[]>();
  for (const name of sesTags) {
    const values = left.get(name);
    if (values === undefined) continue;
    left.delete(name);
    if (name !== "ses:recipient-isp" || (destination?.length ?? 1) === 1) ordered.set(name, values);
  }
  if (tenant) ordered.set("ses:tenant-name", [tenant]);
  // Not assigned one by one: a tag may be called `__proto__`.
  return Object.fromEntries([...ordered, ...left]);
}

/** The only tag in Rendering Failure and DeliveryDelay events. */
export function configurationSetTag({ configuration_set }: EventRow): Record<string, readonly string[]> {
  return configuration_set ? { "ses:configuration-set": [configuration_set] } : {};
}

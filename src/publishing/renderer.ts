/** Turns the events of messages into SES's JSON. */
import { DamagedData } from "../common/damaged-data.ts";
import { readKeptMail } from "../events/kept-mail.ts";
import { identityOwnerOf } from "../events/recorded-details.ts";
import type { EventRow } from "../stores/clickhouse/events.ts";
import type { ObjectStore } from "../stores/objects/object-store.ts";
import type { RecentHeaders } from "./recent-headers.ts";
import { type MailHeaders, readMailHeaders } from "./ses-event/mail-headers.ts";
import { prepareMessage, renderEvent } from "./ses-event/render-event.ts";
import { prepareNotifiedMessage, renderNotification } from "./ses-event/render-notification.ts";
import type { SendingAccount } from "./ses-event/sending-account.ts";

/** Renders the events of one message: each is one line, without a line break. */
export interface MessageRenderer {
  readonly configurationSet: string;
  readonly identity: string;
  /** The scope of the identity if another account owns it. */
  readonly identityScope?: number | undefined;
  /** The sender's address. */
  readonly source: string;
  event(row: EventRow): string;
  /** The legacy notification of an identity. */
  notification(row: EventRow, options: { headers: boolean }): string;
}

/** Prepares what the events of a message share. `send` is its SEND, of any recipient. */
export type RenderMessage = (send: EventRow) => Promise<MessageRenderer>;

/** Where the header fields of messages are. */
export interface HeaderSources {
  readonly objects: Pick<ObjectStore, "read">;
  readonly recentHeaders: Pick<RecentHeaders, "of">;
}

/** `accountOf` finds the account and region of a scope. */
export function createRenderer(
  sources: HeaderSources,
  accountOf: (scope: number) => Promise<SendingAccount>,
): RenderMessage {
  return async (send) => {
    const account = await accountOf(send.scope);
    const headers = await headersOf(sources, send);
    const prepared = prepareMessage(send, headers, account);
    return {
      configurationSet: send.configuration_set ?? "",
      identity: send.identity ?? "",
      identityScope: identityOwnerOf(send)?.scope,
      source: send.source ?? "",
      event: (row) => renderEvent(row, prepared),
      notification: (row, shown) =>
        renderNotification(row, prepareNotifiedMessage(send, shown.headers ? headers : "none", account)),
    };
  };
}

/** Undefined if they are no longer known, or damaged. */
async function headersOf({ objects, recentHeaders }: HeaderSources, send: EventRow): Promise<MailHeaders | undefined> {
  try {
    const mail = recentHeaders.of(send.message_id) ?? (await readKeptMail(objects, send));
    return mail && readMailHeaders(mail, mail.length);
  } catch (error) {
    if (error instanceof DamagedData) return undefined;
    throw error;
  }
}

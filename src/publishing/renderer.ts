/** Turns the events of messages into SES's JSON. */
import { readKeptMail } from "../events/kept-mail.ts";
import type { EventRow } from "../stores/clickhouse/events.ts";
import type { ObjectStore } from "../stores/objects/object-store.ts";
import { type MailHeaders, readMailHeaders } from "./ses-event/mail-headers.ts";
import { prepareMessage, renderEvent } from "./ses-event/render-event.ts";
import { prepareNotifiedMessage, renderNotification } from "./ses-event/render-notification.ts";
import type { SendingAccount } from "./ses-event/sending-account.ts";

/** Renders the events of one message: each is one line, without a line break. */
export interface MessageRenderer {
  readonly configurationSet: string;
  readonly identity: string;
  /** The sender's address. */
  readonly source: string;
  event(row: EventRow): string;
  /** The legacy notification of an identity. */
  notification(row: EventRow, options: { headers: boolean }): string;
}

/**
 * Prepares what the events of a message share. `send` is its SEND, of any recipient. `start` is the start of the
 * message, with its header fields; if it is undefined, it is read from the object store.
 */
export type RenderMessage = (send: EventRow, start: Buffer | undefined) => Promise<MessageRenderer>;

export function createRenderer(objects: Pick<ObjectStore, "read">, account: SendingAccount): RenderMessage {
  return async (send, start) => {
    const headers = await headersOf(objects, send, start);
    const prepared = prepareMessage(send, headers, account);
    return {
      configurationSet: send.configuration_set ?? "",
      identity: send.identity ?? "",
      source: send.source ?? "",
      event: (row) => renderEvent(row, prepared),
      notification: (row, shown) =>
        renderNotification(row, prepareNotifiedMessage(send, shown.headers ? headers : "none", account)),
    };
  };
}

async function headersOf(
  objects: Pick<ObjectStore, "read">,
  send: EventRow,
  start: Buffer | undefined,
): Promise<MailHeaders | undefined> {
  const mail = start ?? (await readKeptMail(objects, send));
  return mail && readMailHeaders(mail, Number(send.object_length ?? mail.length));
}

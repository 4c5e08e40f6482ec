/** The API of Mailpit, over the inbox. See `docs/from-mailpit.md`. */
import type { FastifyInstance } from "fastify";
import type { Inbox } from "../../../inbox/inbox.ts";
import type { Database } from "../../../stores/postgres/database.ts";
import { mountMailpitEvents } from "./events-socket.ts";
import { type MailpitInfoServices, mountMailpitInfo } from "./info.ts";
import { createMailbox, type Mailbox, statsOf } from "./mailbox.ts";
import { createMailboxEvents } from "./mailbox-events.ts";
import { MailNotFound, mountMailpitMessage } from "./message.ts";
import { mountMailpitLists } from "./messages.ts";
import { MailpitRequestError } from "./request-body.ts";
import { type MailpitSendServices, mountMailpitSend } from "./send.ts";
import { mountMailpitTags } from "./tags.ts";

export interface MailpitServices extends Omit<MailpitSendServices, "mailbox" | "relays">, MailpitInfo {
  inbox: Inbox;
  database: Database;
  publicUrl: () => string;
}

type MailpitInfo = Pick<MailpitInfoServices, "version" | "relay" | "commits">;

/** Adds the routes to a scope whose bodies are Buffers. */
export function mountMailpit(app: FastifyInstance, services: MailpitServices): void {
  const { inbox, database, requestScopes, version, relay } = services;
  const { limitedTo } = requestScopes;
  const failed = (error: unknown) =>
    app.log.error({ err: error }, "events could not be sent to clients of Mailpit's API");
  const events = createMailboxEvents(async (scope) => numbers(mailbox, scope, version), failed);
  const mailbox = createMailbox({ inbox, database, events });

  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof MailpitRequestError) return reply.code(400).type("text/plain").send(error.message);
    if (error instanceof MailNotFound) return reply.code(404).type("text/plain").send(error.message);
    throw error;
  });
  mountMailpitLists(app, { mailbox, limitedTo });
  mountMailpitMessage(app, { mailbox, limitedTo });
  mountMailpitTags(app, { mailbox, limitedTo });
  mountMailpitSend(app, { ...services, mailbox, relays: relay !== undefined });
  mountMailpitInfo(app, { ...services, mailbox, limitedTo, database: "PostgreSQL" });
  mountMailpitEvents(app, { events, mailbox, inbox, limitedTo, publicUrl: services.publicUrl, failed });
}

async function numbers(mailbox: Mailbox, scope: number | undefined, version: string): Promise<object> {
  const { total, unread } = statsOf(await mailbox.all(scope));
  return { Total: total, Unread: unread, Version: version };
}

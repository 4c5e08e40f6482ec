/** Mailpit's paths about the server, and those of what this server does not have. */
import type { FastifyInstance, FastifyReply } from "fastify";
import type { CommitFeed } from "../../../events/commit-feed.ts";
import type { RequestScopes } from "../../request-scope.ts";
import { type Mailbox, statsOf } from "./mailbox.ts";
import { MailNotFound, notFound } from "./message.ts";
import { MailpitRequestError } from "./request-body.ts";

export interface MailpitInfoServices {
  mailbox: Mailbox;
  commits: CommitFeed;
  limitedTo: RequestScopes["limitedTo"];
  /** Of this server. */
  version: string;
  /** Such as `PostgreSQL`. */
  database: string;
  /** The host and port that mail leaves over; undefined if it doesn't leave over a relay. */
  relay: string | undefined;
}

export function mountMailpitInfo(app: FastifyInstance, services: MailpitInfoServices): void {
  const { mailbox, limitedTo, version, database, relay } = services;
  const accepted = { count: 0, bytes: 0 };
  // Of this process, as its other numbers. Commits tell it for next to nothing; watching the inbox would cost queries.
  const stop = services.commits.watch(({ events }) => {
    let last: string | undefined;
    for (const event of events) {
      // The SENDs of a message to several recipients follow each other.
      if (event.type !== "SEND" || event.messageId === last) continue;
      last = event.messageId;
      if (event.message.tags["ses:operation"]?.[0] !== "SendSmtpEmail" || !event.message.location) continue;
      accepted.count++;
      accepted.bytes += event.message.location.length;
    }
  });
  app.addHook("onClose", async () => stop());

  app.get("/api/v1/info", async (request) => {
    const all = await mailbox.all((await limitedTo(request))?.id);
    const { total, unread, tags } = statsOf(all);
    return {
      Version: version,
      LatestVersion: "disabled",
      Database: database,
      // Of the mail in the mailbox.
      DatabaseSize: all.reduce((bytes, { entry }) => bytes + entry.size, 0),
      Messages: total,
      Unread: unread,
      Tags: Object.fromEntries(tags),
      RuntimeStats: {
        Uptime: Math.floor(process.uptime()),
        Memory: process.memoryUsage.rss(),
        MessagesDeleted: mailbox.deleted(),
        SMTPAccepted: accepted.count,
        SMTPAcceptedSize: accepted.bytes,
      },
    };
  });

  app.get("/api/v1/webui", async () => ({
    Label: "Mailglass",
    MessageRelay: { Enabled: relay !== undefined, SMTPServer: relay ?? "", ReturnPath: "", AllowedRecipients: "" },
    SpamAssassin: false,
    ChaosEnabled: false,
    DuplicatesIgnored: false,
    HideDeleteAllButton: false,
  }));

  // What Mailpit answers where it is not enabled: its routes are absent then, except for Chaos.
  for (const name of ["html-check", "link-check", "sa-check"]) {
    app.get(`/api/v1/message/:id/${name}`, async () => {
      throw new MailNotFound(notFound);
    });
  }
  for (const method of ["GET", "PUT"] as const) {
    app.route({
      method,
      url: "/api/v1/chaos",
      handler: async () => {
        throw new MailpitRequestError("Chaos is not enabled");
      },
    });
  }
}

/** The probes. */
export function mountMailpitProbes(app: FastifyInstance, { ready }: { ready: () => boolean }): void {
  const answer = (reply: FastifyReply, isUp: boolean) =>
    reply
      .code(isUp ? 200 : 503)
      .header("cache-control", "no-store")
      .type("text/plain")
      .send("");
  app.get("/livez", async (_request, reply) => answer(reply, true));
  app.get("/readyz", async (_request, reply) => answer(reply, ready()));
}

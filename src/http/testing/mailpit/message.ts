/** Mailpit's paths of one message: `/api/v1/message/{id}`, and `/view/{id}` for browsers. `latest` is an ID, too. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { ifKept } from "../../../inbox/inbox-content.ts";
import type { InboxMessage } from "../../../inbox/inbox-message.ts";
import type { RequestScopes } from "../../request-scope.ts";
import { readMail } from "../read-in-order.ts";
import type { ReadMail } from "../read-mail.ts";
import type { Mailbox } from "./mailbox.ts";
import { headerFields, type MailpitMessage, mailpitMessage, partId } from "./message-json.ts";
import { textParameter } from "./messages.ts";
import { parseSearch } from "./search-query.ts";

export interface MailpitMessageServices {
  mailbox: Mailbox;
  limitedTo: RequestScopes["limitedTo"];
}

interface Route {
  Params: { id: string };
}

interface PartRoute {
  Params: { id: string; part: string };
}

/** Thrown if there is no such message; the client gets Mailpit's text. */
export class MailNotFound extends Error {
  override name = "MailNotFound";
}

export function mountMailpitMessage(app: FastifyInstance, { mailbox, limitedTo }: MailpitMessageServices): void {
  app.get<Route>("/api/v1/message/:id", async (request): Promise<MailpitMessage> => {
    const mail = await read(request, request.params.id);
    const { message } = mail;
    const tags = await mailbox.tagsOf(message);
    await mailbox.mark([message], true);
    return mailpitMessage(mail, tags);
  });

  app.get<Route>("/api/v1/message/:id/headers", async (request) => {
    return headerFields((await read(request, request.params.id)).raw);
  });

  app.get<Route>("/api/v1/message/:id/raw", async (request, reply) => {
    const { message, raw } = await read(request, request.params.id);
    const download = textParameter(request, "dl") === "1";
    if (download) reply.header("content-disposition", `attachment; filename="${message.id}.eml"`);
    return reply.headers(sandboxed).type("text/plain; charset=utf-8").send(raw);
  });

  app.get<PartRoute>("/api/v1/message/:id/part/:part", async (request, reply) => {
    const { content } = await read(request, request.params.id);
    const file = content.attachments.find((_file, index) => partId(index) === request.params.part);
    if (!file) throw new MailNotFound(notFound);
    const name = (file.name || file.contentId) ?? "";
    return reply
      .headers(sandboxed)
      .header("content-disposition", `inline; filename*=UTF-8''${encodeURIComponent(name.toWellFormed())}`)
      .type(/^[\w.+-]+\/[\w.+-]+$/.test(file.type) ? file.type : "application/octet-stream")
      .send(file.content);
  });

  app.get<{ Params: { page: string } }>("/view/:page", async (request, reply) => {
    const { page } = request.params;
    if (page === "latest") return toLatest(request, reply);
    const [, id = "", form] = /^(.+)\.(html|txt)$/.exec(page) ?? [];
    if (form === undefined) throw new MailNotFound(notFound);
    const { message, content } = await read(request, id, "Message not found");
    if (form === "txt") return reply.headers(sandboxed).type("text/plain; charset=utf-8").send(content.text);
    if (content.html === undefined) throw new MailNotFound("This message does not contain a HTML part");
    return reply.headers(sandboxed).type("text/html; charset=utf-8").send(withParts(message, content));
  });

  /** The dashboard shows one message at its own path. */
  async function toLatest(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const found = await find(request, "latest");
    return reply.redirect(found ? `/messages/${found.id}` : "/", 302);
  }

  async function find(request: FastifyRequest, id: string): Promise<InboxMessage | undefined> {
    const query = id === "latest" ? textParameter(request, "query")?.trim() : undefined;
    const search = query ? parseSearch(query, textParameter(request, "tz")) : undefined;
    return mailbox.find((await limitedTo(request))?.id, id, search);
  }

  async function read(request: FastifyRequest, id: string, missing = notFound): Promise<ReadMail> {
    const message = await find(request, id);
    if (!message) throw new MailNotFound(id === "latest" ? "Message not found" : missing);
    const mail = await ifKept(readMail(message));
    if (!mail) throw new MailNotFound(missing);
    return mail;
  }
}

export const notFound = "404 page not found";

/**
 * Mail is shown as a page of this server: without scripts, forms, or content from other servers. Links work. Pictures of
 * the mail itself have this server's origin.
 */
const sandboxed = {
  "content-security-policy": [
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox",
    "default-src 'none'",
    "img-src 'self' data:",
    "style-src 'unsafe-inline'",
    "font-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
  ].join("; "),
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
};

/** References to parts by content ID become paths (RFC 2392). */
function withParts({ id }: InboxMessage, { html = "", attachments }: ReadMail["content"]): string {
  const paths = new Map(
    attachments.flatMap(({ contentId }, index) =>
      contentId === undefined ? [] : [[contentId, `/api/v1/message/${id}/part/${partId(index)}`] as const],
    ),
  );
  return html.replaceAll(/(["'(=]\s{0,8})cid:([^"'()<>\s]{1,998})/gi, (given, before: string, name: string) => {
    const path = paths.get(name) ?? paths.get(decoded(name));
    return path === undefined ? given : before + path;
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Mail through Mailpit's API: `/api/v1/send`, and `/api/v1/message/{id}/release`. Both send as SES's SendEmail does. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { ServiceError } from "../../../contract/errors/service-error.ts";
import type { CallContext, Input } from "../../../contract/types.ts";
import { sendMessage } from "../../../operations/sending/send-email.ts";
import type { SendingServices } from "../../../operations/sending/sending-services.ts";
import type { Scope } from "../../../stores/postgres/scopes.ts";
import { callContext } from "../../callers.ts";
import type { RequestScopes } from "../../request-scope.ts";
import { readMail } from "../read-in-order.ts";
import { mailboxText } from "../read-mail.ts";
import type { Mailbox } from "./mailbox.ts";
import { MailNotFound, notFound } from "./message.ts";
import { ok } from "./messages.ts";
import { bodyMembers, listIn, MailpitRequestError, membersOf, textIn, textsIn } from "./request-body.ts";
import { tagNames } from "./tag-names.ts";

export interface MailpitSendServices {
  mailbox: Mailbox;
  requestScopes: Pick<RequestScopes, "adminScope" | "limitedTo">;
  scopeById: (id: number) => Promise<Scope>;
  sendingOf: (scope: Scope) => SendingServices;
  /** Whether mail leaves over a relay. */
  relays: boolean;
  clock: () => Date;
}

export function mountMailpitSend(app: FastifyInstance, services: MailpitSendServices): void {
  const { mailbox, requestScopes, scopeById, sendingOf, relays, clock } = services;

  app.post("/api/v1/send", async (request, reply) => {
    try {
      const scope = await requestScopes.adminScope(request);
      const input = messageIn(bodyMembers(request.body));
      return { ID: await sendMessage(sendingOf(scope), input, { operation: "SendEmail" }, contextOf(request)) };
    } catch (error) {
      return answerRefusal(reply, error);
    }
  });

  app.post<{ Params: { id: string } }>("/api/v1/message/:id/release", async (request, reply) => {
    const message = await mailbox.find((await requestScopes.limitedTo(request))?.id, request.params.id);
    if (!message) throw new MailNotFound(notFound);
    if (!relays) throw new MailpitRequestError("SMTP error: no relay is configured (MAILGLASS_DELIVERY=relay)");
    const to = textsIn(bodyMembers(request.body), "to");
    if (to.length === 0) throw new MailpitRequestError("No valid addresses found");
    const { raw } = await readMail(message);
    const input = { Destination: { ToAddresses: to }, Content: { Raw: { Data: raw } } };
    const sending = sendingOf(await scopeById(message.scope));
    try {
      await sendMessage(sending, input, { operation: "SendRawEmail" }, contextOf(request));
    } catch (error) {
      if (error instanceof ServiceError && error.status < 500) throw new MailpitRequestError(textOf(error));
      throw error;
    }
    return ok(reply);
  });

  function contextOf(request: FastifyRequest): CallContext {
    return callContext(request, { apiVersion: "2", now: clock() });
  }
}

/** Errors of this path are JSON. */
function answerRefusal(reply: FastifyReply, error: unknown): FastifyReply {
  if (error instanceof MailpitRequestError) return reply.code(400).send({ Error: error.message });
  if (error instanceof ServiceError && error.status < 500) return reply.code(400).send({ Error: textOf(error) });
  throw error;
}

function textOf(error: ServiceError): string {
  return error.text ?? error.code;
}

/** Fields that have members of their own. */
const reserved: ReadonlySet<string> = new Set([
  "to",
  "from",
  "cc",
  "bcc",
  "reply-to",
  "date",
  "subject",
  "content-type",
  "mime-version",
]);

function messageIn(members: ReadonlyMap<string, unknown>): Input<"SendEmail"> {
  const html = textIn(members, "html");
  const tags = tagNames(textsIn(members, "tags"));
  return {
    FromEmailAddress: addressIn(members.get("from"), "From"),
    Destination: {
      ToAddresses: listIn(members, "to").map((one) => addressIn(one, "To")),
      CcAddresses: listIn(members, "cc").map((one) => addressIn(one, "Cc")),
      BccAddresses: textsIn(members, "bcc"),
    },
    ReplyToAddresses: listIn(members, "replyto").map((one) => addressIn(one, "Reply-To")),
    Content: {
      Simple: {
        Subject: { Data: textIn(members, "subject") },
        Body: { Text: { Data: textIn(members, "text") }, Html: html === "" ? undefined : { Data: html } },
        Headers: [
          ...headersIn(members.get("headers"), tags.length > 0),
          ...(tags.length > 0 ? [{ Name: "X-Tags", Value: tags.join(", ") }] : []),
        ],
        Attachments: listIn(members, "attachments").map(attachmentIn),
      },
    },
  };
}

/** An address with its name, which Mailpit calls `Email` here. */
function addressIn(value: unknown, field: string): string {
  const members = membersOf(value);
  const address = textIn(members, "email");
  if (address === "") throw new MailpitRequestError(`invalid ${field} address: ${address}`);
  return mailboxText({ name: textIn(members, "name"), address });
}

function headersIn(value: unknown, hasTags: boolean): { Name: string; Value: string }[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).map(([name, text]) => {
    const field = name.toLowerCase();
    if (reserved.has(field) || (hasTags && field === "x-tags")) {
      throw new MailpitRequestError(`cannot overwrite header: ${JSON.stringify(name)}`);
    }
    if (typeof text !== "string") throw new MailpitRequestError("headers must be strings");
    return { Name: name, Value: text };
  });
}

function attachmentIn(value: unknown) {
  const members = membersOf(value);
  const [name, contentId] = [textIn(members, "filename"), textIn(members, "contentid")];
  // A `data:` URL is taken, too.
  const content = textIn(members, "content")
    .replace(/^data:[^,]{0,1000},/, "")
    .replaceAll(/\s+/g, "");
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(content)) {
    throw new MailpitRequestError(`error decoding base64 attachment ${JSON.stringify(name)}`);
  }
  return {
    FileName: name,
    RawContent: Buffer.from(content, "base64"),
    ContentType: textIn(members, "contenttype") || undefined,
    ...(contentId === "" ? {} : { ContentId: contentId, ContentDisposition: "INLINE" as const }),
  };
}

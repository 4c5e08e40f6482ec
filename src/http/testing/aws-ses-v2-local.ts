/** The paths of aws-ses-v2-local. See `docs/from-localstack.md`. */
import { Readable } from "node:stream";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Inbox } from "../../inbox/inbox.ts";
import { ifKept } from "../../inbox/inbox-content.ts";
import type { SendingServices } from "../../operations/sending/sending-services.ts";
import { changeTemplates } from "../../operations/templates/template-cache.ts";
import { type Database, inScope } from "../../stores/postgres/database.ts";
import type { Scope } from "../../stores/postgres/scopes.ts";
import { deleteAllTemplates, selectTemplateContents } from "../../stores/postgres/templates.ts";
import { goneSignal } from "../admin/faults.ts";
import { refuse } from "../files/signed-file.ts";
import { searchParameters } from "../query-parameters.ts";
import type { RequestScopes } from "../request-scope.ts";
import { jsonArray } from "./json-array.ts";
import { readInOrder, readMail } from "./read-in-order.ts";
import { type StoredEmail, storedEmail } from "./stored-email.ts";

export interface AwsSesV2LocalServices {
  inbox: Inbox;
  database: Database;
  requestScopes: Pick<RequestScopes, "adminScope" | "limitedTo">;
  sendingOf: (scope: Scope) => SendingServices;
}

const mostTemplates = 1_000;
/** A longer mail is not written as JSON numbers, in bytes. */
const longestEml = 8 << 20;

/** Messages are those that the caller may see; templates those of one account and region, as names repeat in others. */
export function mountAwsSesV2Local(app: FastifyInstance, services: AwsSesV2LocalServices): void {
  const { inbox, database, requestScopes, sendingOf } = services;
  const { adminScope, limitedTo } = requestScopes;

  app.get("/store", async (request, reply) => {
    const since = sinceOf(request);
    if (since === "repeated") return refuse(reply, 400, "Bad since query param, expected single value");
    if (since === "malformed") return refuse(reply, 400, badSince);
    const templates = await selectTemplateContents(inScope(database, (await adminScope(request)).id), mostTemplates);
    const scope = (await limitedTo(request))?.id;
    const from = since === undefined ? undefined : new Date(since * 1000);
    const messages = inbox.scan(scope, { order: "oldest", since: from }, goneSignal(reply));
    async function* emails(): AsyncGenerator<StoredEmail> {
      for await (const mail of readInOrder(messages)) yield storedEmail(mail);
    }
    const shown = Object.fromEntries(templates.map((template) => [template.name, templateJson(template)]));
    const text = jsonArray(`{"templates":${JSON.stringify(shown)},"emails":[`, emails(), "]}");
    return reply.type("application/json").send(Readable.from(text));
  });

  app.post("/clear-store", async (request) => {
    const scope = await adminScope(request);
    await inbox.remove((await limitedTo(request))?.id, "all");
    await changeTemplates(sendingOf(scope).templates, () => deleteAllTemplates(inScope(database, scope.id)));
    return { message: "Store cleared" };
  });

  app.get("/get-emlContent", async (request, reply) => {
    const [id, ...more] = searchParameters(request.raw.url).getAll("messageId");
    if (!id || more.length > 0) return refuse(reply, 400, "Bad messageId query param, expected single value");
    const message = await inbox.find((await limitedTo(request))?.id, id);
    if (!message) return refuse(reply, 400, "Email not found within the store");
    if (message.size > longestEml) return refuse(reply, 400, `The mail is longer than ${longestEml} bytes`);
    const mail = await ifKept(readMail(message));
    if (!mail) return refuse(reply, 400, "Email not found within the store");
    return { messageId: message.id, fileName: mail.content.subject, body: mail.raw };
  });
}

/** The health check. */
export function mountAwsSesV2LocalHealth(app: FastifyInstance): void {
  app.get("/health-check", async (_request, reply) => reply.header("cache-control", "no-store").send(""));
}

const badSince = "Bad since query param, expected integer representing epoch timestamp in seconds";

/** In seconds since 1970; undefined if it is absent or empty. */
function sinceOf(request: FastifyRequest): number | "repeated" | "malformed" | undefined {
  const [text, ...more] = searchParameters(request.raw.url).getAll("since");
  if (more.length > 0) return "repeated";
  if (!text) return undefined;
  return /^(?:0|-?[1-9]\d{0,9})$/.test(text) ? Number(text) : "malformed";
}

function templateJson({
  name,
  createdAt,
  subject,
  text,
  html,
}: Awaited<ReturnType<typeof selectTemplateContents>>[number]) {
  return {
    TemplateName: name,
    TemplateContent: {
      ...(subject === null ? {} : { Subject: subject }),
      ...(html === null ? {} : { Html: html }),
      ...(text === null ? {} : { Text: text }),
    },
    CreatedTimestamp: createdAt.getTime() / 1000,
  };
}

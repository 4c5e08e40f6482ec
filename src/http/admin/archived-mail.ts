/** Reads the mail of archives through the admin API. See `docs/archiving.md`. */
import { buffer } from "node:stream/consumers";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { ArchivedMessagePage } from "../../admin-api/archives.ts";
import { firstMessageIdAt } from "../../events/message-id.ts";
import type { ObjectStore } from "../../stores/objects/object-store.ts";
import { type ArchivedMail, searchArchivedMail, selectArchivedMail } from "../../stores/postgres/archived-mail.ts";
import { selectArchive } from "../../stores/postgres/archives.ts";
import { type Database, inScope } from "../../stores/postgres/database.ts";
import { refuse } from "../files/signed-file.ts";
import { QueryParameters } from "../query-parameters.ts";
import type { RequestScopes } from "../request-scope.ts";
import { refuseArchive } from "./archives.ts";

export interface AdminArchivedMailServices {
  database: Database;
  objects: Pick<ObjectStore, "read">;
  adminScope: RequestScopes["adminScope"];
}

const page = { standard: 50, most: 500 };
const route = { exposeHeadRoute: false };

type InArchive = FastifyRequest<{ Params: { id: string } }>;
type OneMessage = FastifyRequest<{ Params: { id: string; messageId: string } }>;

/** Adds `GET /admin/archives/{id}/messages` and `GET /admin/archives/{id}/messages/{messageId}/mail`. */
export function mountAdminArchivedMail(admin: FastifyInstance, services: AdminArchivedMailServices): void {
  const databaseOf = async (request: FastifyRequest) =>
    inScope(services.database, (await services.adminScope(request)).id);

  admin.get(
    "/admin/archives/:id/messages",
    route,
    async (request: InArchive, reply): Promise<ArchivedMessagePage | FastifyReply> => {
      const { limit, ...search } = readSearch(request.raw.url ?? "");
      const database = await databaseOf(request);
      const { id: archive } = request.params;
      if (!(await selectArchive(database, archive))) return refuseArchive(reply);
      // One extra row shows whether there is a next page.
      const found = await searchArchivedMail(database, { ...search, archive, limit: limit + 1 });
      const last = found.length > limit ? found[limit - 1] : undefined;
      reply.header("cache-control", "no-store");
      return { messages: found.slice(0, limit).map(shownMessage), ...(last && { next: last.messageId }) };
    },
  );

  admin.get("/admin/archives/:id/messages/:messageId/mail", route, async (request: OneMessage, reply) => {
    new QueryParameters(request.raw.url ?? "").end();
    const { id, messageId } = request.params;
    const mail = await selectArchivedMail(await databaseOf(request), id, messageId);
    const stream = mail && (await services.objects.read(mail.location.key, mail.location));
    if (!stream) return refuse(reply, 404, "The archive has no mail of this message.");
    return reply
      .headers({
        "content-type": "message/rfc822",
        "content-disposition": `attachment; filename="${messageId}.eml"`,
        "cache-control": "private, no-store",
        "x-content-type-options": "nosniff",
      })
      .send(Buffer.concat([envelopeFields(mail), await buffer(stream)]));
  });
}

function readSearch(url: string) {
  const parameters = new QueryParameters(url);
  const [from, to] = [parameters.instant("from"), parameters.instant("to")];
  const messageId = parameters.storedText("messageId");
  const after = parameters.storedText("after");
  const limit = parameters.integer("limit", 1, page.most) ?? page.standard;
  const [recipient, sender] = [parameters.storedText("recipient"), parameters.storedText("sender")];
  const subject = parameters.storedText("subject");
  parameters.end();
  const bounds = [to && firstMessageIdAt(to.getTime()), after].filter((one) => one !== undefined);
  return {
    from: from ? firstMessageIdAt(from.getTime()) : "",
    before: bounds.sort()[0] ?? "",
    ...{ messageId, recipient, sender, subject, limit },
  };
}

/** The envelope, which the message's own header doesn't have: Bcc recipients, and who got it. */
function envelopeFields({ sender, recipients }: ArchivedMail): Buffer {
  const to = recipients.map((one) => `<${one}>`).join(",\r\n ");
  return Buffer.from(`X-Envelope-From: <${sender}>\r\nX-Envelope-To: ${to}\r\n`);
}

function shownMessage({ messageId, sentAt, sender, recipients, subject, location }: ArchivedMail) {
  return { messageId, sentAt: sentAt.toISOString(), sender, recipients, subject, size: location.length };
}

/** The admin API of inbox placement tests: what became of the mail to each mailbox. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { DeliverabilityTestDetails } from "../../admin-api/deliverability.ts";
import { type Database, inScope } from "../../stores/postgres/database.ts";
import { selectTest, type TestMail } from "../../stores/postgres/deliverability-tests.ts";
import { refuse } from "../files/signed-file.ts";
import { QueryParameters } from "../query-parameters.ts";
import type { RequestScopes } from "../request-scope.ts";

export interface AdminDeliverabilityTestServices {
  database: Database;
  adminScope: RequestScopes["adminScope"];
}

type ById = FastifyRequest<{ Params: { id: string } }>;

/** Adds `GET /admin/deliverability-tests/{id}`. */
export function mountAdminDeliverabilityTests(admin: FastifyInstance, services: AdminDeliverabilityTestServices): void {
  const { database, adminScope } = services;
  admin.get("/admin/deliverability-tests/:id", { exposeHeadRoute: false }, async (request: ById, reply) => {
    new QueryParameters(request.raw.url ?? "").end();
    const { id } = request.params;
    const scoped = inScope(database, (await adminScope(request)).id);
    const found = id.includes("\0") ? undefined : await selectTest(scoped, id);
    if (!found) return refuse(reply, 404, "There is no inbox placement test with this id.");
    const { test, mails } = found;
    const details: DeliverabilityTestDetails = {
      id: test.id,
      status: test.completedAt === null ? "IN_PROGRESS" : "COMPLETED",
      createdAt: test.createdAt.toISOString(),
      dueAt: test.dueAt.toISOString(),
      ...(test.completedAt && { completedAt: test.completedAt.toISOString() }),
      mailboxes: mails.map(shownMail),
    };
    return reply.header("cache-control", "no-store").send(details);
  });
}

function shownMail(mail: TestMail): DeliverabilityTestDetails["mailboxes"][number] {
  const { address, isp, messageId, placement, folder, spf, dkim, note, concludedAt } = mail;
  return {
    ...{ address, isp, messageId },
    ...(placement !== null && { placement }),
    ...(folder !== null && { folder }),
    ...(spf !== null && { spf }),
    ...(dkim !== null && { dkim }),
    ...(note !== null && { note }),
    ...(concludedAt && { concludedAt: concludedAt.toISOString() }),
  };
}

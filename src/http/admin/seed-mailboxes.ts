/** The admin API of seed mailboxes. See `docs/deliverability-tests.md`. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { SeedMailboxCheck, SeedMailboxList, SeedMailbox as Shown } from "../../admin-api/deliverability.ts";
import { MailboxFailure } from "../../deliverability/imap-mailbox.ts";
import {
  changeSeed,
  checkSeed,
  createSeed,
  findSeed,
  type ManageSeedServices,
  removeSeed,
} from "../../deliverability/manage-seeds.ts";
import { type StoredSeedMailbox, selectSeedMailboxes } from "../../stores/postgres/seed-mailboxes.ts";
import { QueryParameters } from "../query-parameters.ts";

type ById = FastifyRequest<{ Params: { id: string } }>;

/** Adds the routes under `/admin/seed-mailboxes`. They are of the installation: only operators may call them. */
export function mountAdminSeedMailboxes(admin: FastifyInstance, services: ManageSeedServices): void {
  admin.addHook("preHandler", async ({ raw }) => new QueryParameters(raw.url ?? "").end());

  admin.get("/admin/seed-mailboxes", async (_request, reply): Promise<SeedMailboxList> => {
    reply.header("cache-control", "no-store");
    return { mailboxes: (await selectSeedMailboxes(services.database)).map(shown) };
  });

  admin.post("/admin/seed-mailboxes", async (request, reply): Promise<Shown> => {
    reply.code(201).header("cache-control", "no-store");
    return shown(await createSeed(services, request.body));
  });

  admin.get("/admin/seed-mailboxes/:id", async (request: ById, reply): Promise<Shown> => {
    reply.header("cache-control", "no-store");
    return shown(await findSeed(services, request.params.id));
  });

  admin.patch("/admin/seed-mailboxes/:id", async (request: ById): Promise<Shown> => {
    return shown(await changeSeed(services, request.params.id, request.body));
  });

  admin.delete("/admin/seed-mailboxes/:id", async (request: ById, reply) => {
    await removeSeed(services, request.params.id);
    return reply.code(204).send();
  });

  admin.post("/admin/seed-mailboxes/:id/check", async (request: ById): Promise<SeedMailboxCheck> => {
    try {
      const { folders, junkFolder } = await checkSeed(services, request.params.id);
      if (junkFolder === undefined) {
        const text = "The login works, but no folder is marked as junk: set junkFolder to the one that holds spam.";
        return { ok: false, text, folders };
      }
      return { ok: true, text: "The login works.", folders, junkFolder };
    } catch (error) {
      if (error instanceof MailboxFailure) return { ok: false, text: error.message };
      throw error;
    }
  });
}

function shown(seed: StoredSeedMailbox): Shown {
  const { id, address, isp, host, port, security, username, junkFolder, authservId, ca, enabled } = seed;
  return {
    ...{ id, address, isp, host, port, security, user: username, junkFolder, authservId, ca, enabled },
    createdAt: seed.createdAt.toISOString(),
    ...(seed.checkedAt && { checkedAt: seed.checkedAt.toISOString() }),
    ...(seed.error !== null && { error: seed.error }),
  };
}

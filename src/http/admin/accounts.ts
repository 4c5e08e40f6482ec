/** The admin API of accounts. See `docs/accounts.md`. */
import type { FastifyInstance } from "fastify";
import { optional, safeParse, strictObject, string } from "valibot";
import type { AccountError, Accounts } from "../../accounts/accounts.ts";
import type { Account, AccountList } from "../../admin-api/accounts.ts";
import { refuse } from "../files/signed-file.ts";
import { QueryParameters } from "../query-parameters.ts";

export interface AdminAccountServices {
  accounts: Accounts;
}

const newAccount = strictObject({ id: optional(string()), name: optional(string(), "") });

/** Adds `GET` and `POST /admin/accounts`, and `DELETE /admin/accounts/{id}`. */
export function mountAdminAccounts(admin: FastifyInstance, { accounts }: AdminAccountServices): void {
  admin.get("/admin/accounts", { exposeHeadRoute: false }, async (request, reply): Promise<AccountList> => {
    new QueryParameters(request.raw.url ?? "").end();
    reply.header("cache-control", "no-store");
    return { accounts: (await accounts.list()).map(shownAccount) };
  });

  admin.post("/admin/accounts", async (request, reply) => {
    const { success, output } = safeParse(newAccount, request.body, { abortEarly: true });
    if (!success) return refuse(reply, 400, "An account takes a JSON object: id, twelve digits or none; name, a text.");
    const created = await accounts.create({ ...output, id: output.id });
    return reply.code(201).send(shownAccount(created));
  });

  admin.delete<{ Params: { id: string } }>("/admin/accounts/:id", async (request, reply) => {
    await accounts.delete(request.params.id);
    return reply.code(204).send();
  });
}

/** The status of an account's error. */
export function accountErrorStatus({ kind }: AccountError): 400 | 404 | 409 {
  const statuses = { invalid: 400, unknown: 404, conflict: 409 } as const;
  return statuses[kind];
}

function shownAccount({ createdAt, ...account }: Awaited<ReturnType<Accounts["create"]>>): Account {
  return { ...account, ...(createdAt && { createdAt: createdAt.toISOString() }) };
}

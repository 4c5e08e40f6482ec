/** The admin API of access keys, used by `mailglass keys` while the server runs. See `docs/authentication.md`. */
import type { FastifyInstance } from "fastify";
import type { AccessKeys, KeyOptions } from "../../access/access-keys.ts";
import { refuse } from "../files/signed-file.ts";

export interface AdminAccessKeyServices {
  accessKeys: Pick<AccessKeys, "create" | "list" | "delete" | "setActive">;
}

/** Adds the routes under `/admin/access-keys`; `http/authentication.ts` admits only the server's own commands. */
export function mountAdminAccessKeys(admin: FastifyInstance, { accessKeys }: AdminAccessKeyServices): void {
  admin.get("/admin/access-keys", async () => ({ accessKeys: await accessKeys.list() }));

  admin.post("/admin/access-keys", async (request, reply) => {
    const options = readOptions(request.body);
    if (!options)
      return refuse(
        reply,
        400,
        "a key takes a JSON object: description, a text; seconds, a number or none; account, its ID or none; allow, a list of rights or none",
      );
    const created = await accessKeys.create(options);
    return reply.code(201).header("cache-control", "no-store").send(created);
  });

  const change = (method: "DELETE" | "POST", url: string, make: (id: string) => Promise<boolean>) =>
    admin.route<{ Params: { id: string } }>({
      method,
      url: `/admin/access-keys/:id${url}`,
      handler: async (request, reply) => {
        if (await make(request.params.id)) return reply.code(204).send();
        return refuse(reply, 404, "there is no access key with this id");
      },
    });
  change("DELETE", "", (id) => accessKeys.delete(id));
  change("POST", "/activate", (id) => accessKeys.setActive(id, true));
  change("POST", "/deactivate", (id) => accessKeys.setActive(id, false));
}

type KeyMember = "description" | "seconds" | "account" | "allow";

function readOptions(body: unknown): KeyOptions | undefined {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return undefined;
  const { description = "", seconds, account, allow = [] }: { readonly [Name in KeyMember]?: unknown } = body;
  if (typeof description !== "string") return undefined;
  if (seconds !== undefined && typeof seconds !== "number") return undefined;
  if (account !== undefined && typeof account !== "string") return undefined;
  if (!Array.isArray(allow) || !allow.every((one): one is string => typeof one === "string")) return undefined;
  return { description, seconds, accountId: account, allow };
}

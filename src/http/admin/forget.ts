/** The admin API that deletes a person's data. See `docs/mirror.md`. */
import type { FastifyInstance } from "fastify";
import { boolean, optional, safeParse, strictObject, string } from "valibot";
import type { ForgetAnswer } from "../../admin-api/forget.ts";
import { refuse } from "../files/signed-file.ts";
import { QueryParameters } from "../query-parameters.ts";

export interface AdminForgetServices {
  /** Deletes; rejects with a `ForgetError` if the text is no address. */
  forget: (address: string, options: { lists: boolean }) => Promise<ForgetAnswer>;
}

const request = strictObject({ address: string(), lists: optional(boolean(), false) });

/** Adds `POST /admin/forget`. It is about all accounts: only operators may call it. */
export function mountAdminForget(admin: FastifyInstance, { forget }: AdminForgetServices): void {
  admin.post("/admin/forget", async ({ raw, body }, reply) => {
    new QueryParameters(raw.url ?? "").end();
    const { success, output } = safeParse(request, body, { abortEarly: true });
    if (!success) return refuse(reply, 400, "This takes a JSON object: address, a text; lists, true or false.");
    return forget(output.address, { lists: output.lists });
  });
}

/** Mailpit's tags: `/api/v1/tags`. */
import type { FastifyInstance } from "fastify";
import type { RequestScopes } from "../../request-scope.ts";
import { type Mailbox, statsOf } from "./mailbox.ts";
import { ok } from "./messages.ts";
import { bodyMembers, MailpitRequestError, textIn, textsIn } from "./request-body.ts";
import { tagNames } from "./tag-names.ts";

export interface MailpitTagServices {
  mailbox: Mailbox;
  limitedTo: RequestScopes["limitedTo"];
}

interface Route {
  Params: { tag: string };
}

export function mountMailpitTags(app: FastifyInstance, { mailbox, limitedTo }: MailpitTagServices): void {
  app.get("/api/v1/tags", async (request) => {
    const all = await mailbox.all((await limitedTo(request))?.id);
    return [...statsOf(all).tags.keys()];
  });

  app.put("/api/v1/tags", async (request, reply) => {
    const members = bodyMembers(request.body);
    const [ids, tags] = [textsIn(members, "ids"), textsIn(members, "tags")];
    await mailbox.setTags((await limitedTo(request))?.id, ids, tags);
    return ok(reply);
  });

  app.put<Route>("/api/v1/tags/:tag", async (request, reply) => {
    const [name] = tagNames([textIn(bodyMembers(request.body), "name")]);
    if (name === undefined) throw new MailpitRequestError("tag name cannot be empty");
    await mailbox.renameTag((await limitedTo(request))?.id, request.params.tag, name);
    return ok(reply);
  });

  app.delete<Route>("/api/v1/tags/:tag", async (request, reply) => {
    await mailbox.deleteTag((await limitedTo(request))?.id, request.params.tag);
    return ok(reply);
  });
}

/** The paths of moto's server that its users' test suites call. See `docs/from-moto.md`. */
import type { FastifyInstance } from "fastify";
import type { Inbox } from "../../inbox/inbox.ts";
import type { InboxMessage } from "../../inbox/inbox-message.ts";
import type { RequestScopes } from "../request-scope.ts";
import { motoMessages } from "./moto-data.ts";
import { readInOrder } from "./read-in-order.ts";
import type { ReadMail } from "./read-mail.ts";

export interface MotoServices {
  inbox: Inbox;
  requestScopes: Pick<RequestScopes, "limitedTo">;
  /** Resets a scope; all of them if it is undefined. */
  reset: (scope: number | undefined) => Promise<void>;
}

/** The newest messages; the others would need too much memory at once. */
const mostShown = 1_000;

export function mountMoto(app: FastifyInstance, { inbox, requestScopes, reset }: MotoServices): void {
  app.post("/moto-api/reset", async (request) => {
    await reset((await requestScopes.limitedTo(request))?.id);
    return { status: "ok" };
  });

  app.get("/moto-api/data.json", async (request, reply) => {
    const scope = (await requestScopes.limitedTo(request))?.id;
    const newest = await inbox.list(scope, { order: "newest", limit: mostShown });
    const mails: ReadMail[] = [];
    for await (const mail of readInOrder(inParts(newest.toReversed()))) mails.push(mail);
    const text = JSON.stringify({ ses: motoMessages(mails) });
    return reply.type("application/javascript").send(text);
  });
}

async function* inParts(messages: InboxMessage[]): AsyncGenerator<InboxMessage[]> {
  yield messages;
}

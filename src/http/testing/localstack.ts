/** LocalStack's inspection of sent mail, and its paths about the server; floci's are the same. See `docs/from-localstack.md`. */
import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Inbox } from "../../inbox/inbox.ts";
import type { Scope } from "../../stores/postgres/scopes.ts";
import { goneSignal } from "../admin/faults.ts";
import { searchParameters } from "../query-parameters.ts";
import type { RequestScopes } from "../request-scope.ts";
import { jsonArray } from "./json-array.ts";
import { isSource, localStackMessage } from "./localstack-message.ts";
import { readInOrder } from "./read-in-order.ts";

export interface LocalStackServices {
  inbox: Inbox;
  requestScopes: Pick<RequestScopes, "limitedTo">;
  scopeById: (id: number) => Promise<Scope>;
  /** Resets a scope; all of them if it is undefined. */
  reset: (scope: number | undefined) => Promise<void>;
  /** Of this server. */
  version: string;
  ready: () => boolean;
}

/** The services of LocalStack that this server has. */
const services = ["ses", "sesv2"];

export function mountLocalStack(app: FastifyInstance, doors: LocalStackServices): void {
  const { inbox, scopeById, reset, version, ready } = doors;
  const { limitedTo } = doors.requestScopes;
  app.addHook("onRequest", async (_request, reply) => {
    reply.header("x-localstack", version);
  });

  const list = async (request: FastifyRequest, reply: FastifyReply) => {
    const parameters = searchParameters(request.raw.url);
    const [id, email] = [parameters.get("id") || undefined, parameters.get("email") || undefined];
    const scope = (await limitedTo(request))?.id;
    async function* messages() {
      if (id === undefined) return yield* inbox.scan(scope, { order: "oldest" }, goneSignal(reply));
      const message = await inbox.find(scope, id);
      if (message) yield [message];
    }
    async function* shown() {
      for await (const mail of readInOrder(messages())) {
        const message = localStackMessage(mail, (await scopeById(mail.message.scope)).region);
        if (email === undefined || isSource(message.Source, email)) yield message;
      }
    }
    return reply.type("application/json").send(Readable.from(jsonArray('{"messages":[', shown(), "]}")));
  };
  const clear = async (request: FastifyRequest, reply: FastifyReply) => {
    const id = searchParameters(request.raw.url).get("id");
    await inbox.remove((await limitedTo(request))?.id, id ? [id] : "all");
    return reply.code(204).send();
  };
  for (const path of ["/_aws/ses", "/_localstack/ses"]) {
    app.get(path, list);
    app.delete(path, clear);
  }

  for (const prefix of ["/_localstack", "/_floci"]) {
    app.post(`${prefix}/state/reset`, resetAll);
  }
  app.post<{ Params: { service: string } }>("/_localstack/state/:service/reset", async (request, reply) => {
    if (services.includes(request.params.service)) return resetAll(request, reply);
    return reply.code(404).send({ message: `This server has no service ${request.params.service.slice(0, 100)}.` });
  });

  async function resetAll(request: FastifyRequest, reply: FastifyReply) {
    await reset((await limitedTo(request))?.id);
    return reply.send({ status: "OK" });
  }

  const session = randomUUID();
  app.get("/_localstack/info", async () => ({
    version,
    edition,
    is_license_activated: false,
    session_id: session,
    machine_id: `gen_${session.slice(0, 12)}`,
    system: `${process.platform} ${process.arch}`,
    is_docker: false,
    server_time_utc: new Date().toISOString().slice(0, 19),
    uptime: Math.floor(process.uptime()),
  }));
  app.get("/_localstack/init", async () => ({ completed: completed(ready()), scripts: [] }));
  app.get<{ Params: { stage: string } }>("/_localstack/init/:stage", async (request, reply) => {
    const stages = new Map(Object.entries(completed(ready())));
    const done = stages.get(request.params.stage.toUpperCase());
    if (done === undefined) return reply.code(404).send(`no such stage ${request.params.stage.slice(0, 100)}`);
    return { completed: done, scripts: [] };
  });
}

/** What the open-source edition of LocalStack calls itself; that is the one whose paths these are. */
const edition = "community";

/** The health checks. */
export function mountLocalStackHealth(
  app: FastifyInstance,
  { version, ready }: Pick<LocalStackServices, "version" | "ready">,
): void {
  for (const prefix of ["/_localstack", "/_floci"]) {
    app.get(`${prefix}/health`, async (_request, reply) => {
      const state = ready() ? "running" : "starting";
      return reply.headers({ "x-localstack": version, "cache-control": "no-store" }).send({
        services: Object.fromEntries(services.map((name) => [name, state])),
        edition,
        version,
      });
    });
  }
}

function completed(isReady: boolean): Record<string, boolean> {
  return { BOOT: true, START: true, READY: isReady, SHUTDOWN: false };
}

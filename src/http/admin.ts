/** The admin API: what SES has no operation for. `docs/admin.md` describes it. */
import { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";
import type { Outbox } from "../events/outbox.ts";
import type { Recorder } from "../events/recorder.ts";
import { simulate } from "../simulation/simulate.ts";

/** What the admin API works with. */
export interface AdminServices {
  outbox: Outbox;
  recorder: Recorder;
  clock: () => Date;
}

const simulationSchema = {
  type: "object",
  additionalProperties: false,
  required: ["messages", "days", "seed"],
  properties: {
    messages: { type: "integer", minimum: 1, maximum: 100_000_000 },
    days: { type: "number", exclusiveMinimum: 0, maximum: 3650 },
    seed: { type: "integer", minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
  },
};

/** Adds everything under `/admin/`. */
export function mountAdmin(app: FastifyInstance, services: AdminServices): void {
  app.register(async (admin) => {
    admin.addContentTypeParser("application/json", { parseAs: "string" }, admin.getDefaultJsonParser("error", "error"));

    admin.post<{ Body: { messages: number; days: number; seed: number } }>(
      "/admin/simulations",
      { schema: { body: simulationSchema } },
      async (request, reply) => {
        const ended = new AbortController();
        // Not the request's: that closes when its body has been read.
        reply.raw.on("close", () => {
          if (!reply.raw.writableFinished) ended.abort(new Error("the client is gone"));
        });
        const lines = new Readable({ read() {} });
        const options = { ...request.body, until: services.clock() };
        simulate(services, options, (done) => lines.push(`${JSON.stringify(done)}\n`), ended.signal).then(
          (done) => {
            lines.push(`${JSON.stringify({ ...done, done: true })}\n`);
            lines.push(null);
          },
          (error: Error) => lines.destroy(error),
        );
        return reply.type("application/x-ndjson").send(lines);
      },
    );
  });
}

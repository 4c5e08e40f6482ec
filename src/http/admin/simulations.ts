/** The admin API of simulated traffic. See `docs/simulate.md`. */
import { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";
import type { Outbox } from "../../events/outbox.ts";
import type { Recorder } from "../../events/recorder.ts";
import { readOptions, SimulationError } from "../../simulation/options.ts";
import { simulate } from "../../simulation/simulate.ts";
import type { RequestScopes } from "../request-scope.ts";

export interface AdminSimulationServices {
  outbox: Outbox;
  recorder: Recorder;
  adminScope: RequestScopes["adminScope"];
  clock: () => Date;
}

export function mountAdminSimulations(admin: FastifyInstance, services: AdminSimulationServices): void {
  const stopping = new AbortController();
  admin.addHook("preClose", async () => stopping.abort(new SimulationError("the server is stopping")));

  admin.post("/admin/simulations", async (request, reply) => {
    const options = readOptions(request.body);
    const { id: scope } = await services.adminScope(request);
    const gone = new AbortController();
    // Not the request's `close` event, which is emitted when its body has been read.
    reply.raw.on("close", () => gone.abort(new SimulationError("the client is gone")));
    const lines = new Readable({ read() {} });
    const tell = (line: object) => lines.push(`${JSON.stringify(line)}\n`);
    const signal = AbortSignal.any([gone.signal, stopping.signal]);
    simulate(services, { ...options, scope, until: services.clock() }, tell, signal)
      .then((done) => tell({ ...done, done: true }))
      .catch((error: unknown) => {
        const expected = error instanceof SimulationError;
        if (!expected) request.log.error({ err: error }, "a simulation failed");
        tell({ error: expected ? error.message : "it failed; the server's log has the cause" });
      })
      .finally(() => lines.push(null));
    return reply.type("application/x-ndjson").send(lines);
  });
}

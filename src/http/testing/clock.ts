/** The server's clock. See `docs/testing-faults.md`. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { TestClockState } from "../../admin-api/faults.ts";
import { errors } from "../../contract/errors.ts";
import type { TestClock } from "../../faults/test-clock.ts";
import { QueryParameters } from "../query-parameters.ts";
import { isOperator, type RequestScopes } from "../request-scope.ts";

export interface ClockServices {
  testClock: TestClock;
  adminScope: RequestScopes["adminScope"];
}

/** Adds `GET`, `PUT` and `DELETE` of `/clock` below the prefix. The clock is all accounts': only operators change it. */
export function mountClock(app: FastifyInstance, prefix: string, { testClock, adminScope }: ClockServices): void {
  const url = `${prefix}/clock`;

  app.get(url, async (request, reply): Promise<TestClockState> => {
    check(request, reply);
    return testClock.state();
  });

  app.put(url, async (request, reply): Promise<TestClockState> => {
    check(request, reply);
    if (!isOperator(request)) throw errors.operatorsOnly();
    return testClock.change((await adminScope(request)).id, request.body);
  });

  app.delete(url, async (request, reply): Promise<TestClockState> => {
    check(request, reply);
    if (!isOperator(request)) throw errors.operatorsOnly();
    return testClock.reset();
  });
}

function check(request: FastifyRequest, reply: FastifyReply): void {
  reply.header("cache-control", "no-store");
  new QueryParameters(request.raw.url ?? "").end();
}

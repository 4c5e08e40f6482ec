/**
 * The routes for test suites: the testing API under `/testing/` (see `docs/testing-api.md`), and the paths of other
 * tools. They exist only if MAILGLASS_TEST_ENDPOINTS is on.
 */
import type { FastifyInstance } from "fastify";
import type { Reset } from "../../accounts/reset.ts";
import type { Scopes } from "../../accounts/scopes.ts";
import type { EventWaitServices } from "../../events/wait-for-event.ts";
import type { Inbox } from "../../inbox/inbox.ts";
import { acceptJsonOnly, checkRights } from "../admission.ts";
import type { RequestScopes } from "../request-scope.ts";
import { answerTestingFault } from "./error-answers.ts";
import { mountTestingHistory } from "./message-history.ts";
import { mountTestingMessages } from "./messages.ts";
import { createOpenWaits } from "./open-waits.ts";
import { mountTestingReset } from "./reset.ts";
import { mountTestControls, type TestControlServices } from "./test-controls.ts";
import { createTestingScope } from "./testing-scope.ts";
import { type ToolServices, toolRoutes } from "./tools.ts";

export interface TestingServices extends EventWaitServices {
  inbox: Inbox;
  reset: Reset;
  scopes: Pick<Scopes, "byId">;
  requestScopes: Pick<RequestScopes, "adminScope" | "limitedTo">;
  /** Faults, events and the clock on demand. */
  controls: Omit<TestControlServices, "adminScope" | "limitedTo">;
  tools: Omit<ToolServices, "commits" | "inbox" | "requestScopes" | "reset">;
}

/** The plugin. Its routes need the credentials of the admin API. */
export async function testingRoutes(app: FastifyInstance, services: TestingServices): Promise<void> {
  const { requestScopes, inbox, reset, scopes, history, commits, hasOthers, controls } = services;
  app.addHook("onRoute", (route) => {
    route.config = { ...route.config, testing: true };
  });
  app.addHook("onRequest", async (_request, reply) => {
    reply.header("cache-control", "no-store");
  });
  app.addHook("preHandler", async (request) => checkRights(request));
  app.setErrorHandler(answerTestingFault);
  const waits = createOpenWaits(app);
  const testingScope = createTestingScope(requestScopes);
  await app.register(async (api) => {
    acceptJsonOnly(api);
    mountTestingMessages(api, { inbox, scopes, testingScope, waits });
    mountTestingHistory(api, { history, commits, hasOthers, testingScope, waits });
    mountTestingReset(api, { reset, adminScope: requestScopes.adminScope });
    mountTestControls(api, "/testing", { ...controls, ...requestScopes });
  });
  await app.register(toolRoutes, { ...services.tools, commits, inbox, requestScopes, reset: reset.reset });
}

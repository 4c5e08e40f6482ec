/** The paths by which test suites know other tools: LocalStack and floci, moto, aws-ses-v2-local, Mailpit. */
import type { FastifyInstance } from "fastify";
import { ownVersion } from "../../common/own-version.ts";
import { mountAwsSesV2Local, mountAwsSesV2LocalHealth } from "./aws-ses-v2-local.ts";
import { mountLocalStack, mountLocalStackHealth } from "./localstack.ts";
import { mountMailpitProbes } from "./mailpit/info.ts";
import { type MailpitServices, mountMailpit } from "./mailpit/mailpit.ts";
import { mountMoto } from "./moto.ts";

export interface ToolServices extends Omit<MailpitServices, "version"> {
  /** Whether all ports of the server listen. */
  ready: () => boolean;
  /** Resets a scope; all of them if it is undefined. */
  reset: (scope: number | undefined) => Promise<void>;
}

/** The plugin with the paths that need credentials if any are required. Each tool's hooks are its own. */
export async function toolRoutes(app: FastifyInstance, services: ToolServices): Promise<void> {
  const version = ownVersion();
  await app.register(async (own) => mountLocalStack(own, { ...services, version }));
  await app.register(async (own) => mountMailpit(own, { ...services, version }));
  mountMoto(app, services);
  mountAwsSesV2Local(app, services);
}

/** The plugin with the health checks, which are open to all, as `/health` is: who waits for a server has no credentials. */
export async function toolHealthChecks(app: FastifyInstance, { ready }: Pick<ToolServices, "ready">): Promise<void> {
  mountLocalStackHealth(app, { version: ownVersion(), ready });
  mountMailpitProbes(app, { ready });
  mountAwsSesV2LocalHealth(app);
}

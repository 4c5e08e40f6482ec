/** The server's authentication services, created from its settings. */
import type { FastifyBaseLogger } from "fastify";
import { authentication, type Config, isReachable } from "../config/config.ts";
import { servedRegions } from "../config/regions.ts";
import type { Queryable } from "../stores/postgres/database.ts";
import { type AccessKeys, createAccessKeys } from "./access-keys.ts";
import { type Authenticator, createAuthenticator } from "./authenticator.ts";
import { commandKey } from "./command-key.ts";
import { createFailedAttempts, type FailedAttempts } from "./failed-attempts.ts";
import type { Sealer } from "./sealing/sealer.ts";
import { createSessions, type Sessions } from "./session.ts";
import { createSmtpLogins, type VerifySmtpLogin } from "./smtp-credentials.ts";

export interface Authentication {
  readonly authentication: "off" | "required";
  readonly accessKeys: AccessKeys;
  readonly authenticator: Authenticator;
  readonly failedAttempts: FailedAttempts;
  readonly sessions: Sessions;
  readonly verifySmtpLogin: VerifySmtpLogin;
}

/** Creates the services. The caller must stop `accessKeys`. */
export function createAuthentication(services: {
  config: Config;
  database: Queryable;
  sealer: Sealer;
  clock: () => Date;
  log: FastifyBaseLogger;
}): Authentication {
  const { config, database, sealer, clock } = services;
  const accessKeys = createAccessKeys(services);
  const { accountId } = config;
  const { serves, smtpRegions } = servedRegions(config);
  return {
    authentication: authentication(config),
    accessKeys,
    authenticator: createAuthenticator({ keys: accessKeys, commandKey: commandKey(sealer), accountId, serves, clock }),
    failedAttempts: createFailedAttempts(clock),
    sessions: createSessions({ keys: accessKeys, database, sealer, clock }),
    verifySmtpLogin: createSmtpLogins({ keys: accessKeys, regions: smtpRegions }),
  };
}

/** Warns if other machines can call without authentication, or if no one can call because there is no key yet. */
export async function warnOfAuthentication(
  { authentication, accessKeys }: Authentication,
  config: Pick<Config, "host" | "smtpHost" | "publicUrl" | "trustedProxies">,
  log: FastifyBaseLogger,
): Promise<void> {
  if (authentication === "off" && isReachable(config)) {
    const { host, smtpHost = host, publicUrl, trustedProxies } = config;
    log.warn(
      { host, smtpHost, publicUrl, trustedProxies },
      "reachable from other machines without authentication: anyone who can reach the server can use it",
    );
  }
  if (authentication === "required" && (await accessKeys.list()).length === 0) {
    log.warn("calls must be signed with an access key, and there is none yet: `mailglass keys create` makes one");
  }
}

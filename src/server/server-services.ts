import type { FastifyBaseLogger } from "fastify";
import type { Scopes } from "../accounts/scopes.ts";
import type { Config } from "../config/config.ts";
import type { Stores } from "./open-stores.ts";

/** What every role of a server depends on. */
export interface ServerServices {
  config: Config;
  stores: Stores;
  scopes: Scopes;
  log: FastifyBaseLogger;
  clock: () => Date;
  /** A clock that is never set, for intervals. */
  steadyClock: () => Date;
}

import type { FastifyBaseLogger } from "fastify";
import type { Config } from "../config/config.ts";
import type { Stores } from "./open-stores.ts";

/** What every role of a server depends on. */
export interface ServerServices {
  config: Config;
  stores: Stores;
  log: FastifyBaseLogger;
  clock: () => Date;
  /** A clock that is never set, for intervals. */
  steadyClock: () => Date;
}

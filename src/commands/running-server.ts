/** Finds the running server that the settings describe, so that commands can ask it for work that only it can do. */
import { commandKey } from "../access/command-key.ts";
import { existingMasterKey } from "../access/sealing/master-key.ts";
import { createSealer } from "../access/sealing/sealer.ts";
import { signedHeadersFor } from "../access/sign-request.ts";
import type { Config } from "../config/config.ts";

/** A server that responds. */
export interface RunningServer {
  readonly url: string;
  /** Calls the admin API, signed if the master key is available. The body is sent as JSON. */
  ask(method: "GET" | "POST" | "PATCH" | "DELETE", path: string, body?: object): Promise<Response>;
}

/** Finds the server; undefined if nothing responds at the configured address. */
export async function findRunningServer(config: Config): Promise<RunningServer | undefined> {
  const host = config.host === "0.0.0.0" || config.host === "::" ? "127.0.0.1" : config.host;
  const url = `http://${host.includes(":") ? `[${host}]` : host}:${config.port}`;
  if (!(await isRunning(url))) return undefined;
  const master = await existingMasterKey(config.masterKey, config.dataDir);
  const key = master && commandKey(createSealer(master));
  return {
    url,
    ask(method, path, content) {
      const target = new URL(path, url);
      const body = content === undefined ? "" : JSON.stringify(content);
      const signed = key && signedHeadersFor({ method, url: target, body }, key, config.region, new Date());
      const type = content === undefined ? {} : { "content-type": "application/json" };
      return fetch(target, { method, headers: { ...type, ...signed }, ...(content === undefined ? {} : { body }) });
    },
  };
}

async function isRunning(url: string): Promise<boolean> {
  try {
    // Where nobody listens, this fails at once. A busy server may take seconds, and its data folder is in use.
    const { ok, status } = await fetch(`${url}/health`, { signal: AbortSignal.timeout(10_000) });
    // A server that starts or stops has the stores open, too.
    return ok || status === 503;
  } catch {
    return false;
  }
}

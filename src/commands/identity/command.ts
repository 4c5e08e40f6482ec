/**
 * `mailglass identity NAME`: shows the DNS records that an email identity needs, and those published. Asks the server
 * that runs on the configured port, or else reads the stores that it would use.
 */
import type { FastifyBaseLogger } from "fastify";
import { array, boolean, looseObject, optional, picklist, string } from "valibot";
import { parseJson } from "../../common/parse-data.ts";
import type { Config } from "../../config/config.ts";
import { createResolver } from "../../dns/resolver.ts";
import { adviceHosts, type DnsAdvice, dnsAdvice } from "../../identities/dns-records.ts";
import { Closers, openControlStore } from "../../server/open-stores.ts";
import { inScope } from "../../stores/postgres/database.ts";
import { selectDefaultScope } from "../../stores/postgres/scopes.ts";
import { findRunningServer, type RunningServer } from "../running-server.ts";
import { adviceText, readIdentityCall, usage } from "./command-line.ts";

/** Runs the command; resolves to the exit code: 2 for invalid arguments, 1 if something remains to be done. */
export async function identityCommand(
  args: readonly string[],
  config: Config,
  log: FastifyBaseLogger,
): Promise<number> {
  if (args.includes("--help") || args.includes("-h")) {
    console.log(usage);
    return 0;
  }
  const call = readIdentityCall(args);
  if (!call) {
    console.error(`mailglass identity: a domain or an address is required\n${usage}`);
    return 2;
  }
  const server = await findRunningServer(config);
  const advice = server ? await ofServer(server, call.name) : await ofStores(config, log, call.name);
  if (typeof advice === "string") {
    console.error(`mailglass identity: ${advice}`);
    return 1;
  }
  console.log(call.json ? JSON.stringify(advice) : adviceText(advice));
  return advice.records.every(({ state }) => state === "ok") ? 0 : 1;
}

/** The advice, or an error text. */
async function ofServer({ url, ask }: RunningServer, name: string): Promise<DnsAdvice | string> {
  const answer = await ask("GET", `/admin/identities/${encodeURIComponent(name)}/dns`);
  if (answer.status === 404) return unknown(name);
  const said = await answer.text();
  return answer.ok ? adviceIn(said, url) : `the server at ${url} refused (${answer.status}): ${said}`;
}

/** The parts that the command prints: a server of another version may leave out members or have others. */
const shownAdvice = looseObject({
  identity: string(),
  domain: string(),
  records: array(
    looseObject({
      type: picklist(["TXT", "MX"]),
      name: string(),
      value: string(),
      zone: string(),
      purpose: string(),
      state: picklist(["ok", "missing", "differs", "unknown"]),
      found: array(string()),
    }),
  ),
  dmarc: looseObject({ policy: optional(string()), dkimAligned: boolean(), spfAligned: boolean() }),
});

function adviceIn(said: string, url: string): DnsAdvice {
  const { dmarc, ...advice } = parseJson(shownAdvice, said, `the answer of the server at ${url}`);
  return { ...advice, dmarc: { ...dmarc, policy: dmarc.policy } };
}

async function ofStores(config: Config, log: FastifyBaseLogger, name: string): Promise<DnsAdvice | string> {
  const closers = new Closers();
  try {
    const { database, sealer } = await openControlStore(config, log, closers);
    const resolver = createResolver({ servers: config.dnsServers, dnssec: config.dnssec });
    const store = { database: inScope(database, (await selectDefaultScope(database)).id), sealer };
    const services = { ...store, resolver, clock: () => new Date(), ...adviceHosts(config) };
    return (await dnsAdvice(services, name)) ?? unknown(name);
  } finally {
    await closers.close();
  }
}

const unknown = (name: string) => `there is no email identity ${JSON.stringify(name)}`;

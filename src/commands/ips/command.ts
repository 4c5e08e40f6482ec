/** `mailglass ips`: registers, lists and removes dedicated IP addresses, in the running server. */
import { array, boolean, type InferOutput, number, object, optional, picklist, string } from "valibot";
import { parseJson } from "../../common/parse-data.ts";
import type { Config } from "../../config/config.ts";
import { acceptedAnswer } from "../admin-answer.ts";
import { findRunningServer, type RunningServer } from "../running-server.ts";
import { textTable } from "../text-table.ts";
import { type IpsCall, readIpsCall, UsageError, usage } from "./command-line.ts";

/** The command failed. The message is for people. */
class IpsCommandError extends Error {
  override name = "IpsCommandError";
}

const shownIp = object({
  address: string(),
  account: string(),
  region: string(),
  ehloName: string(),
  pool: string(),
  warmup: object({
    status: string(),
    percentage: number(),
    today: optional(object({ cap: number(), taken: number() })),
  }),
  bound: boolean(),
  reverseDns: object({ state: picklist(["ok", "mismatch", "unknown"]), names: array(string()) }),
});
type ShownIp = InferOutput<typeof shownIp>;

/** Runs the command; resolves to the exit code: 2 for invalid arguments, 1 if it failed. */
export async function ipsCommand(args: readonly string[], config: Config): Promise<number> {
  try {
    const call = readIpsCall(args);
    console.log(call.name === "help" ? usage : await outputOf(call, config));
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof IpsCommandError)) throw error;
    console.error(`mailglass ips: ${error.message}`);
    return error instanceof UsageError ? 2 : 1;
  }
}

async function outputOf(call: Exclude<IpsCall, { name: "help" }>, config: Config): Promise<string> {
  const server = await findRunningServer(config);
  if (!server) {
    const place = `${config.host}:${config.port} (MAILGLASS_HOST, MAILGLASS_PORT)`;
    throw new IpsCommandError(`no server answers at ${place}: start it first`);
  }
  const what = `the answer of the server at ${server.url}`;
  switch (call.name) {
    case "add": {
      const { address, ehloName, unbound } = call;
      const text = await ask(server, "POST", `/admin/dedicated-ips${queryOf(call)}`, { address, ehloName, unbound });
      return call.json ? text : addedText(parseJson(shownIp, text, what));
    }
    case "list": {
      const text = await ask(server, "GET", `/admin/dedicated-ips${queryOf(call)}`);
      return call.json ? text : table(parseJson(object({ dedicatedIps: array(shownIp) }), text, what).dedicatedIps);
    }
    case "remove":
      await ask(server, "DELETE", `/admin/dedicated-ips/${encodeURIComponent(call.address)}`);
      return `${call.address} is removed. Mail that waits leaves from other addresses.`;
  }
}

async function ask(
  server: RunningServer,
  method: Parameters<RunningServer["ask"]>[0],
  path: string,
  body?: object,
): Promise<string> {
  const refused = (message: string) => new IpsCommandError(message);
  const answer = await acceptedAnswer(server.ask(method, path, body), server.url, refused);
  const text = await answer.text();
  if (answer.status === 404)
    throw new IpsCommandError(parseJson(object({ message: string() }), text, "a refusal").message);
  return text;
}

function queryOf({ account, region }: { account: string | undefined; region: string | undefined }): string {
  const query = new URLSearchParams({ ...(account && { account }), ...(region && { region }) }).toString();
  return query === "" ? "" : `?${query}`;
}

function addedText(ip: ShownIp): string {
  const { address, ehloName, bound, reverseDns } = ip;
  return [
    `${address} is registered for the account ${ip.account} in ${ip.region}, in the pool ${ip.pool}.`,
    `Warm-up: ${warmupText(ip)}.`,
    ...(bound
      ? []
      : ["This server's machine does not have the address: mail leaves from it only on a machine that does."]),
    ...(reverseDns.state === "ok" ? [] : [reverseDnsAdvice(address, ehloName, reverseDns)]),
  ].join("\n");
}

function reverseDnsAdvice(address: string, ehloName: string, { state, names }: ShownIp["reverseDns"]): string {
  if (state === "unknown")
    return `Reverse DNS: unknown, because DNS did not answer. Receivers expect ${address} and ${ehloName} to name each other.`;
  const found = names.length === 0 ? "has no PTR record" : `has the PTR record ${names.join(", ")}`;
  return `Reverse DNS: mismatch. ${address} ${found}; receivers expect ${ehloName}, and an A or AAAA record of that name with this address.`;
}

function warmupText({ warmup: { status, percentage, today } }: ShownIp): string {
  return today === undefined ? status : `${status}, ${percentage} %, ${today.taken} of ${today.cap} messages today`;
}

function table(ips: readonly ShownIp[]): string {
  const rows = ips.map((ip) => [
    ip.address,
    ip.account,
    ip.region,
    ip.ehloName,
    ip.pool,
    warmupText(ip),
    ip.bound ? "yes" : "no",
    ip.reverseDns.state,
  ]);
  return textTable([["ADDRESS", "ACCOUNT", "REGION", "EHLO", "POOL", "WARM-UP", "BOUND", "REVERSE DNS"], ...rows]);
}

/** `mailglass forget`: deletes the data of a person, in the running server. */
import { parseArgs } from "node:util";
import { number, object } from "valibot";
import { parseJson } from "../../common/parse-data.ts";
import type { Config } from "../../config/config.ts";
import { acceptedAnswer } from "../admin-answer.ts";
import { findRunningServer } from "../running-server.ts";

const usage = `usage: mailglass forget ADDRESS [--lists] [--json]
  Deletes the data of a recipient in all accounts and regions, own and mirrored: events, mail to nobody else, queued
  mail, events on their way to targets. Needs a running server; with many events it takes minutes.
  --lists  also deletes entries of contact lists and suppression lists. A suppression protects from further mail.`;

/** The command failed. The message is for people. */
class ForgetCommandError extends Error {
  override name = "ForgetCommandError";
}

const answer = object({
  ...{ events: number(), messages: number(), mail: number(), queued: number(), publications: number() },
  archived: number(),
  ...{ webhookAnswers: number(), refusedEvents: number(), setAside: number(), contacts: number() },
  suppressions: number(),
});

/** The names of the counts in the output. */
const names = {
  events: "recorded events",
  messages: "messages that they were about",
  mail: "stored messages",
  archived: "archived messages",
  queued: "messages waiting to be delivered",
  publications: "events stored for targets",
  webhookAnswers: "answers in the webhook log",
  refusedEvents: "rejected events",
  setAside: "records put aside by the mirror",
  contacts: "entries of contact lists",
  suppressions: "entries of suppression lists",
} as const;

/** Runs the command; resolves to the exit code: 2 for invalid arguments, 1 if it failed. */
export async function forgetCommand(args: readonly string[], config: Config): Promise<number> {
  if (args.includes("--help") || args.includes("-h")) {
    console.log(usage);
    return 0;
  }
  const call = readCall(args);
  if (typeof call === "string") {
    console.error(`mailglass forget: ${call}\n${usage}`);
    return 2;
  }
  try {
    const { value, text } = await ask(call, config);
    if (call.json) console.log(text);
    else for (const [kind, name] of Object.entries(names)) console.log(`${countOf(value, kind)} ${name}`);
    return 0;
  } catch (error) {
    if (!(error instanceof ForgetCommandError)) throw error;
    console.error(`mailglass forget: ${error.message}`);
    return 1;
  }
}

interface Call {
  readonly address: string;
  readonly lists: boolean;
  readonly json: boolean;
}

/** The parsed arguments, or an error message. */
function readCall(args: readonly string[]): Call | string {
  const flag = { type: "boolean", default: false } as const;
  try {
    const options = { lists: flag, json: flag };
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const [address, ...more] = positionals;
    if (address === undefined || address === "" || more.length > 0) return "one argument is required: an address";
    return { address, lists: values.lists, json: values.json };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function ask({ address, lists }: Call, config: Config) {
  const server = await findRunningServer(config);
  if (!server) {
    const place = `${config.host}:${config.port} (MAILGLASS_HOST, MAILGLASS_PORT)`;
    throw new ForgetCommandError(`no server answers at ${place}: start it first`);
  }
  const asked = server.ask("POST", "/admin/forget", { address, lists });
  const text = await (await acceptedAnswer(asked, server.url, (message) => new ForgetCommandError(message))).text();
  return { value: parseJson(answer, text, `the answer of the server at ${server.url}`), text };
}

function countOf(value: Readonly<Record<string, number>>, kind: string): number {
  return value[kind] ?? 0;
}

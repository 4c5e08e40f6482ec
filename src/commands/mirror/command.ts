/** `mailglass mirror`: manages the sources of the mirror in the running server, and prints what sets them up on AWS. */
import type { Config } from "../../config/config.ts";
import { MirrorError } from "../../mirror/mirror-error.ts";
import { readSetup } from "../../mirror/setup/setup-input.ts";
import { setupOfSource } from "../../mirror/setup/setup-of-source.ts";
import { setupNotes, setupText } from "../../mirror/setup/setup-text.ts";
import { decodeSourceSettings } from "../../mirror/source-settings.ts";
import { findRunningServer } from "../running-server.ts";
import type { FailedFilePage, ShownSource } from "./answers.ts";
import { type MirrorCall, readMirrorCall, UsageError } from "./command-line.ts";
import { type Answer, MirrorCommandError, type RemoteMirror, remoteMirror } from "./remote-mirror.ts";
import { showResources } from "./show-resources.ts";
import { failedFilesText, recordsText, sourceTable, sourceText } from "./source-text.ts";

type Managing = Exclude<MirrorCall, { name: "help" | "setup" }>;

/** Runs the command; resolves to the exit code: 2 for invalid arguments, 1 if it failed. */
export async function mirrorCommand(args: readonly string[], config: Config): Promise<number> {
  try {
    const call = readMirrorCall(args);
    if (call.name === "help") console.log(call.text);
    else if (call.name === "setup") await setUp(call, config);
    else await manage(call, await running(config));
    return 0;
  } catch (error) {
    const isTold = error instanceof UsageError || error instanceof MirrorCommandError || error instanceof MirrorError;
    if (!isTold) throw error;
    console.error(`mailglass mirror: ${error.message}`);
    return error instanceof UsageError ? 2 : 1;
  }
}

async function running(config: Config): Promise<RemoteMirror> {
  const server = await findRunningServer(config);
  if (server) return remoteMirror(server);
  throw new MirrorCommandError(
    `no server answers at ${config.host}:${config.port} (MAILGLASS_HOST, MAILGLASS_PORT): start it first`,
  );
}

async function manage(call: Managing, mirror: RemoteMirror): Promise<void> {
  if (call.name === "list") {
    const { value, text } = await mirror.list();
    return console.log(call.json ? text : sourceTable(value.sources));
  }
  if (call.name === "add") {
    const { value, text } = await mirror.add(call.body);
    if (call.json) return console.log(text);
    console.log(`The source ${value.name} is created.`);
    tellAccess(value);
    return console.error(nextStep(value));
  }
  const id = await mirror.idOf(call.source);
  switch (call.name) {
    case "show": {
      const { value, text } = await mirror.show(id);
      return console.log(call.json ? text : sourceText(value));
    }
    case "set": {
      const { value, text } = await mirror.change(id, call.body);
      if (call.json) return console.log(text);
      console.log(`The source ${value.name} is changed.`);
      return tellAccess(value);
    }
    case "rotate-secret": {
      const { value } = await mirror.rotateSecret(id);
      return tellAccess(value);
    }
    case "set-aside":
      return listSetAside(call, id, mirror);
    case "failed-files":
      return listFailedFiles(call, id, mirror);
    case "replay":
      return replay(id, mirror);
    case "resources":
      return showResources(call, id, mirror);
    case "remove":
      await mirror.remove(id);
      return console.log(`The source ${call.source} is removed. Its events stay.`);
  }
}

async function listSetAside(
  { all, json }: { all: boolean; json: boolean },
  id: string,
  mirror: RemoteMirror,
): Promise<void> {
  for (let after: number | undefined = 0; after !== undefined; ) {
    const { value, text } = await mirror.setAside(id, after);
    // The end of a list is a page without records.
    if (after === 0 || value.records.length > 0) console.log(json ? text : recordsText(value.records));
    after = all ? value.next : undefined;
  }
}

async function listFailedFiles(
  { all, json }: { all: boolean; json: boolean },
  id: string,
  mirror: RemoteMirror,
): Promise<void> {
  for (let after: string | undefined = ""; after !== undefined; ) {
    const { value, text }: Answer<FailedFilePage> = await mirror.failedFiles(id, after);
    if (after === "" || value.files.length > 0) console.log(json ? text : failedFilesText(value.files));
    after = all ? value.next : undefined;
  }
}

async function replay(id: string, mirror: RemoteMirror): Promise<void> {
  const total = { read: 0, events: 0, left: 0 };
  let next: number | undefined;
  do {
    const { value } = await mirror.replay(id, next);
    total.read += value.read;
    total.events += value.events;
    total.left += value.left;
    next = value.next;
  } while (next !== undefined);
  console.log(`${total.read} records could be read, with ${total.events} events; ${total.left} could not.`);
}

/** The URL and the secret, on lines of their own that scripts can read. */
function tellAccess(told: Partial<Pick<ShownSource, "url" | "urlProblem" | "secret" | "subscriptionUrl">>): void {
  if (told.url !== undefined) console.log(`url=${told.url}`);
  if (told.urlProblem !== undefined) console.error(told.urlProblem);
  if (told.secret === undefined) return;
  console.error("Keep this: the secret is shown now and never again.");
  console.log(`secret=${told.secret}`);
  if (told.subscriptionUrl !== undefined) console.log(`subscriptionUrl=${told.subscriptionUrl}`);
}

function nextStep({ name, kind }: ShownSource): string {
  const after = `\`mailglass mirror show ${name}\` shows how far it has come.`;
  if (kind === "sqs" || kind === "s3") return `It is fetched from with the AWS credentials of the server. ${after}`;
  return `Next: \`mailglass mirror setup --source ${name} --configuration-set NAME\` prints what sets it up on AWS. ${after}`;
}

async function setUp({ source, given }: Extract<MirrorCall, { name: "setup" }>, config: Config): Promise<void> {
  const members = { region: config.region, ...(source !== undefined && (await setupFrom(source, config))), ...given };
  const { plan, format } = readSetup(members);
  process.stdout.write(setupText(plan, format));
  for (const note of setupNotes(plan, format, source !== undefined)) console.error(`* ${note}`);
}

async function setupFrom(source: string, config: Config): Promise<Record<string, string>> {
  const mirror = await running(config);
  const { value } = await mirror.show(await mirror.idOf(source));
  return setupOfSource({
    ...value,
    settings: decodeSourceSettings(JSON.stringify({ ...value.settings, kind: value.kind })),
  });
}

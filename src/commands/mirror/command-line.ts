/** Parses the arguments of `mailglass mirror`. */
import { parseArgs } from "node:util";
import type { MirrorResourceKind } from "../../admin-api/mirror-resources.ts";
import { resourceKinds } from "../../mirror/pull-account/resource-kinds.ts";
import { setupKinds } from "../../mirror/setup/setup-input.ts";
import type { SourceKind } from "../../mirror/source-settings.ts";
import { helps, usage } from "./usage.ts";

/** What options say of a source, as the admin API takes it. */
export type SourceBody = Readonly<Record<string, unknown>>;

export type MirrorCall =
  | { readonly name: "add"; readonly body: SourceBody; readonly json: boolean }
  | { readonly name: "list"; readonly json: boolean }
  | { readonly name: "show"; readonly source: string; readonly json: boolean }
  | { readonly name: "set"; readonly source: string; readonly body: SourceBody; readonly json: boolean }
  | {
      readonly name: "set-aside" | "failed-files";
      readonly source: string;
      readonly all: boolean;
      readonly json: boolean;
    }
  | {
      readonly name: "resources";
      readonly source: string;
      readonly kind: MirrorResourceKind | undefined;
      readonly resource: string | undefined;
      readonly all: boolean;
      readonly json: boolean;
    }
  | { readonly name: "rotate-secret" | "replay" | "remove"; readonly source: string }
  | { readonly name: "setup"; readonly source: string | undefined; readonly given: Readonly<Record<string, string>> }
  | { readonly name: "help"; readonly text: string };

/** Invalid arguments. The message ends with the usage. */
export class UsageError extends Error {
  override name = "UsageError";

  constructor(fault: string, help = usage) {
    super(`${fault}\n${help}`);
  }
}

const text = { type: "string" } as const;
const texts = { type: "string", multiple: true } as const;
const flag = { type: "boolean" } as const;
const off = { type: "boolean", default: false } as const;

const sourceOptions = {
  ...{ account: texts, region: text, silence: text, suppress: flag, enabled: flag },
  ...{ "queue-url": text, "queue-region": text, topic: texts, raw: flag, stream: text },
  ...{ bucket: text, "bucket-region": text, prefix: text, follow: flag },
  ...{ authorization: text, "authorization-name": text },
  ...{ "pull-suppression": text, "pull-resources": flag },
};

const setupOptions = {
  ...{ "configuration-set": text, source: text, account: text, region: text, format: text },
  ...{ "resource-name": text, bucket: text, url: text, authorization: text, "authorization-name": text },
};

/** Parses the arguments; throws a `UsageError`. */
export function readMirrorCall(args: readonly string[]): MirrorCall {
  const [name = "", ...rest] = args;
  const help = Object.hasOwn(helps, name) ? helps[name] : undefined;
  if (args.includes("--help") || args.includes("-h")) return { name: "help", text: help ?? usage };
  if (help === undefined) {
    throw new UsageError(name === "" ? "a command is required" : `there is no command "${name}"`);
  }
  try {
    return readCommand(name, rest);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), help);
  }
}

function readCommand(name: string, args: string[]): MirrorCall {
  const common = { args, allowPositionals: true, allowNegative: true } as const;
  switch (name) {
    case "add": {
      const { values, positionals } = parseArgs({ ...common, options: { ...sourceOptions, name: text, json: off } });
      const kind = kindOf(only(positionals, "the kind of the source"));
      const { name: sourceName, json, ...given } = values;
      if (sourceName === undefined) throw new Error("--name is required");
      return { name, body: { name: sourceName, kind, ...bodyOf(given) }, json };
    }
    case "set": {
      const { values, positionals } = parseArgs({ ...common, options: { ...sourceOptions, json: off } });
      const { json, ...given } = values;
      const body = bodyOf(given);
      if (Object.keys(body).length === 0) throw new Error("an option with a new value is required");
      return { name, source: sourceIn(positionals), body, json };
    }
    case "list": {
      const { values, positionals } = parseArgs({ ...common, options: { json: off } });
      if (positionals.length > 0) throw new Error("list takes no arguments");
      return { name, json: values.json };
    }
    case "show": {
      const { values, positionals } = parseArgs({ ...common, options: { json: off } });
      return { name, source: sourceIn(positionals), json: values.json };
    }
    case "set-aside":
    case "failed-files": {
      const { values, positionals } = parseArgs({ ...common, options: { json: off, all: off } });
      return { name, source: sourceIn(positionals), all: values.all, json: values.json };
    }
    case "resources":
      return readResourcesCall(args);
    case "rotate-secret":
    case "replay":
    case "remove":
      return { name, source: sourceIn(parseArgs({ ...common, options: {} }).positionals) };
    default:
      return readSetupCall(args);
  }
}

function readResourcesCall(args: string[]): MirrorCall {
  const options = { kind: text, name: text, json: off, all: off };
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const { kind: given, name: resource, all, json } = values;
  const kind = resourceKinds.find((one) => one === given);
  if (given !== undefined && kind === undefined) {
    throw new Error(`there is no kind "${given}"; there are ${resourceKinds.join(", ")}`);
  }
  if (kind === undefined && (resource !== undefined || all)) throw new Error("--name and --all need --kind");
  return { name: "resources", source: sourceIn(positionals), kind, resource, all, json };
}

function readSetupCall(args: string[]): MirrorCall {
  const { values, positionals } = parseArgs({ args, options: setupOptions, allowPositionals: true });
  const [kind, ...more] = positionals;
  if (more.length > 0) throw new Error("setup takes one kind");
  const { source, ...given } = values;
  const members = {
    kind: kind === undefined ? undefined : kindOf(kind),
    configurationSet: given["configuration-set"],
    name: given["resource-name"],
    authorizationName: given["authorization-name"],
    ...{ account: given.account, region: given.region, format: given.format },
    ...{ bucket: given.bucket, url: given.url, authorization: given.authorization },
  };
  return { name: "setup", source, given: Object.fromEntries(presentOf(members)) };
}

type SourceOptions = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/** The members of a source, and of its settings, that are given. */
function bodyOf(given: SourceOptions): SourceBody {
  const members = {
    ...{ accounts: given.account, region: given.region, enabled: given.enabled, suppresses: given.suppress },
    silenceSeconds: silenceOf(given.silence),
  };
  const pull = presentOf({ suppression: given["pull-suppression"], resources: given["pull-resources"] });
  const settings = {
    ...{ queueUrl: given["queue-url"], topicArns: given.topic, raw: given.raw },
    streamArn: given.stream === "any" ? null : given.stream,
    ...{ bucket: given.bucket, prefix: given.prefix, follow: given.follow },
    region: given["queue-region"] ?? given["bucket-region"],
    ...{ authorization: given.authorization, name: given["authorization-name"] },
    pull: pull.length > 0 ? Object.fromEntries(pull) : undefined,
  };
  const present = presentOf(settings);
  return {
    ...Object.fromEntries(presentOf(members)),
    ...(present.length > 0 && { settings: Object.fromEntries(present) }),
  };
}

function presentOf<Value>(members: Readonly<Record<string, Value | undefined>>): [string, Value][] {
  return Object.entries(members).flatMap(([name, value]): [string, Value][] =>
    value === undefined ? [] : [[name, value]],
  );
}

// Number("") is 0.
function silenceOf(given: SourceOptions[string]): number | null | undefined {
  if (given === undefined) return undefined;
  if (given === "never") return null;
  if (typeof given !== "string" || !/^\d{1,9}$/.test(given)) {
    throw new Error("--silence must be a whole number of seconds, or never");
  }
  return Number(given);
}

function kindOf(given: string): SourceKind {
  const kind = setupKinds.find((one) => one === given);
  if (kind === undefined) throw new Error(`there is no kind "${given}"; there are ${setupKinds.join(", ")}`);
  return kind;
}

function sourceIn(positionals: readonly string[]): string {
  return only(positionals, "the name or the ID of a source");
}

function only(positionals: readonly string[], what: string): string {
  const [one, ...more] = positionals;
  if (one === undefined || one === "" || more.length > 0) throw new Error(`one argument is required: ${what}`);
  return one;
}

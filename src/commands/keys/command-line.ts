/** Parses the arguments of `mailglass keys`. */
import { parseArgs } from "node:util";
import { KeyRightsError, parseKeyRights } from "../../access/policies/key-rights.ts";

export type KeysCall =
  | {
      readonly name: "create";
      readonly description: string;
      readonly seconds: number | undefined;
      /** Undefined for the default account. */
      readonly accountId: string | undefined;
      /** The values of `--allow`; undefined without any. */
      readonly allow: readonly string[] | undefined;
      readonly json: boolean;
    }
  | { readonly name: "list"; readonly json: boolean }
  | { readonly name: "delete" | "activate" | "deactivate"; readonly id: string }
  | { readonly name: "smtp-password"; readonly region: string | undefined }
  | { readonly name: "help" };

/** How the command is called. */
export const usage = `usage: mailglass keys create [--description TEXT] [--seconds N] [--account ID]
                             [--allow RIGHT[:IDENTITY]]... [--json]
       mailglass keys list [--json]
       mailglass keys deactivate|activate|delete ID
       mailglass keys smtp-password [--region REGION]
  --seconds  makes a temporary key with a session token, valid for N seconds (900 to 129600)
  --account  the account that the key belongs to (the default account)
  --allow    what the key may do, instead of everything: send, read or write; with an identity (an address or a domain),
             only with that one. Can be repeated: --allow send:example.com --allow read
  --region   the region of the SMTP server (MAILGLASS_REGION)
  smtp-password reads the secret access key from AWS_SECRET_ACCESS_KEY or standard input.`;

/** Invalid arguments. The message ends with the usage. */
export class UsageError extends Error {
  override name = "UsageError";

  constructor(fault: string) {
    super(`${fault}\n${usage}`);
  }
}

/** Parses the arguments; throws a `UsageError`. */
export function readKeysCall(args: readonly string[]): KeysCall {
  const [name, ...rest] = args;
  if (args.includes("--help") || args.includes("-h")) return { name: "help" };
  switch (name) {
    case "create": {
      const given = options(rest, ["description", "seconds", "account", "allow"], 0).values;
      const { description = "", seconds, account: accountId, allow, json = false } = given;
      checkRights(allow ?? []);
      return { name, description, seconds: readSeconds(seconds), accountId, allow, json };
    }
    case "list":
      return { name, json: options(rest, [], 0).values.json ?? false };
    case "delete":
    case "activate":
    case "deactivate": {
      const [id = ""] = options(rest, [], 1).positionals;
      if (!/^\w{16,128}$/.test(id)) throw new UsageError(`${name} requires the ID of an access key`);
      return { name, id };
    }
    case "smtp-password":
      return { name, region: options(rest, ["region"], 0).values.region };
    default:
      throw new UsageError(name === undefined ? "a subcommand is required" : `there is no subcommand "${name}"`);
  }
}

type Option = "description" | "seconds" | "account" | "allow" | "region";

function options(args: readonly string[], allowed: readonly Option[], positionals: number) {
  const json = { type: "boolean" } as const;
  const allow = { type: "string", multiple: true } as const;
  const known = { description: string, seconds: string, account: string, allow, region: string, json };
  let parsed: ReturnType<typeof parse>;
  const parse = () => parseArgs({ args: [...args], options: known, allowPositionals: positionals > 0 });
  try {
    parsed = parse();
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  const stray = Object.keys(parsed.values).find(
    (option) => option !== "json" && !allowed.some((one) => one === option),
  );
  if (stray !== undefined) throw new UsageError(`--${stray} is not an option of this command`);
  if (parsed.positionals.length !== positionals) throw new UsageError("exactly one ID is required");
  return parsed;
}

const string = { type: "string" } as const;

function checkRights(allow: readonly string[]): void {
  try {
    parseKeyRights(allow);
  } catch (error) {
    if (error instanceof KeyRightsError) throw new UsageError(error.message);
    throw error;
  }
}

// Number("") is 0.
function readSeconds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new UsageError("--seconds must be a whole number");
  return Number(text);
}

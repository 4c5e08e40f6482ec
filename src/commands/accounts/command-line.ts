/** Parses the arguments of `mailglass accounts`. */
import { parseArgs } from "node:util";

export type AccountsCall =
  | { readonly name: "create"; readonly id: string | undefined; readonly accountName: string; readonly json: boolean }
  | { readonly name: "list"; readonly json: boolean }
  | { readonly name: "delete"; readonly id: string }
  | { readonly name: "help" };

/** How the command is called. */
export const usage = `usage: mailglass accounts create [--id ID] [--name TEXT] [--json]
       mailglass accounts list [--json]
       mailglass accounts delete ID
  --id    twelve digits (random ones)
  An account that anything belongs to can't be deleted: keys, resources, jobs, recorded messages.`;

/** Invalid arguments. The message ends with the usage. */
export class UsageError extends Error {
  override name = "UsageError";

  constructor(fault: string) {
    super(`${fault}\n${usage}`);
  }
}

const string = { type: "string" } as const;
const json = { type: "boolean", default: false } as const;

/** Parses the arguments; throws a `UsageError`. */
export function readAccountsCall(args: readonly string[]): AccountsCall {
  const [name, ...rest] = args;
  if (args.includes("--help") || args.includes("-h")) return { name: "help" };
  switch (name) {
    case "create": {
      const { values } = parsed(() => parseArgs({ args: rest, options: { id: string, name: string, json } }));
      return { name, id: values.id, accountName: values.name ?? "", json: values.json };
    }
    case "list":
      return { name, json: parsed(() => parseArgs({ args: rest, options: { json } })).values.json };
    case "delete": {
      const [id, ...more] = parsed(() => parseArgs({ args: rest, allowPositionals: true })).positionals;
      if (id === undefined || more.length > 0) throw new UsageError("delete requires the ID of an account");
      return { name, id };
    }
    default:
      throw new UsageError(name === undefined ? "a subcommand is required" : `there is no subcommand "${name}"`);
  }
}

function parsed<Result>(parse: () => Result): Result {
  try {
    return parse();
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

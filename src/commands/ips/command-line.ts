/** Parses the arguments of `mailglass ips`. */
import { parseArgs } from "node:util";

/** The account and region of the address, or undefined for the default ones. */
interface Place {
  readonly account: string | undefined;
  readonly region: string | undefined;
}

export type IpsCall =
  | (Place & {
      readonly name: "add";
      readonly address: string;
      readonly ehloName: string;
      readonly unbound: boolean;
      readonly json: boolean;
    })
  | (Place & { readonly name: "list"; readonly json: boolean })
  | { readonly name: "remove"; readonly address: string }
  | { readonly name: "help" };

/** How the command is called. */
export const usage = `usage: mailglass ips add ADDRESS --ehlo NAME [--account ID] [--region REGION] [--unbound] [--json]
       mailglass ips list [--account ID] [--region REGION] [--json]
       mailglass ips remove ADDRESS
  Registers the local IP addresses that mail of an account leaves from: its dedicated IP addresses. Needs a running
  server, since its machine must have the addresses.
  --ehlo     the name to give in EHLO; it should have the address in DNS, and the address a PTR record with the name
  --account  the account (the default one; list: all)
  --region   its region (the server's; list: all)
  --unbound  registers an address that the server's machine does not have, because another machine delivers from it`;

/** Invalid arguments. The message ends with the usage. */
export class UsageError extends Error {
  override name = "UsageError";

  constructor(fault: string) {
    super(`${fault}\n${usage}`);
  }
}

const text = { type: "string" } as const;
const flag = { type: "boolean", default: false } as const;
const place = { account: text, region: text };

/** Parses the arguments; throws a `UsageError`. */
export function readIpsCall(args: readonly string[]): IpsCall {
  const [name, ...rest] = args;
  if (args.includes("--help") || args.includes("-h")) return { name: "help" };
  switch (name) {
    case "add": {
      const options = { ...place, ehlo: text, unbound: flag, json: flag };
      const { values, positionals } = parsed(() => parseArgs({ args: rest, options, allowPositionals: true }));
      const { account, region, ehlo, unbound, json } = values;
      if (ehlo === undefined) throw new UsageError("add requires a name for EHLO (--ehlo)");
      return { name, address: oneAddress(name, positionals), ehloName: ehlo, unbound, account, region, json };
    }
    case "list": {
      const { account, region, json } = parsed(() =>
        parseArgs({ args: rest, options: { ...place, json: flag } }),
      ).values;
      return { name, account, region, json };
    }
    case "remove":
      return {
        name,
        address: oneAddress(name, parsed(() => parseArgs({ args: rest, allowPositionals: true })).positionals),
      };
    default:
      throw new UsageError(name === undefined ? "a subcommand is required" : `there is no subcommand "${name}"`);
  }
}

function oneAddress(name: string, [address, ...more]: readonly string[]): string {
  if (address === undefined || more.length > 0) throw new UsageError(`${name} requires one IP address`);
  return address;
}

function parsed<Result>(parse: () => Result): Result {
  try {
    return parse();
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

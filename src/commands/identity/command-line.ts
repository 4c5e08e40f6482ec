/** Parses the arguments of `mailglass identity` and formats its advice on DNS records. */
import { parseArgs } from "node:util";
import type { DnsAdvice } from "../../identities/dns-records.ts";

/** How the command is called. */
export const usage = `usage: mailglass identity NAME [--json]
  Shows the DNS records that an email identity (a domain or an address) needs, and whether they are published.`;

export interface IdentityCall {
  readonly name: string;
  readonly json: boolean;
}

/** Parses the arguments; undefined if they are invalid. */
export function readIdentityCall(args: readonly string[]): IdentityCall | undefined {
  try {
    const options = { json: { type: "boolean", default: false } } as const;
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const [name, ...rest] = positionals;
    return name === undefined || rest.length > 0 ? undefined : { name, json: values.json };
  } catch {
    return undefined;
  }
}

/** Lists the published records and those to publish. */
export function adviceText({ identity, records, dmarc }: DnsAdvice): string {
  const told = records.map(({ state, type, name, value, purpose, found }) => {
    const lines = [`${state.toUpperCase().padEnd(8)} ${type.padEnd(3)} ${name}`, `           ${purpose}`];
    if (state !== "ok") lines.push(`  publish: ${value}`);
    if (state !== "ok") lines.push(...found.map((text) => `  found:   ${text}`));
    return lines.join("\n");
  });
  const aligned = (name: string, is: boolean) => `${name} ${is ? "aligns" : "does not align"}`;
  return `DNS records for mail of ${identity}

${told.join("\n")}

DMARC: ${dmarc.policy === undefined ? "no record" : `policy ${dmarc.policy}`}; ${aligned("DKIM", dmarc.dkimAligned)}, ${aligned("the return path", dmarc.spfAligned)} (one of both is enough)`;
}

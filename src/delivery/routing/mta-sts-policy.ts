/** Parses MTA-STS policy files (RFC 8461, 3.2) and the TXT records that announce them (3.1). */
import { isDomainName } from "../../dns/names.ts";

/** A domain's policy for senders. */
export interface StsPolicy {
  readonly mode: "enforce" | "testing" | "none";
  /** Names of the domain's mail servers in lower case. `*.` matches one label. */
  readonly servers: readonly string[];
  /** How long the policy is valid, in seconds. */
  readonly maxAge: number;
}

/** In seconds: about a year, the maximum in the RFC. */
const longestMaxAge = 31_557_600;

/** The policy ID in the TXT records at `_mta-sts.DOMAIN`; undefined unless exactly one of them announces a policy. */
export function policyId(texts: readonly string[]): string | undefined {
  const [text, ...others] = texts.filter((text) => /^v=STSv1[ \t]*;/.test(text));
  if (text === undefined || others.length > 0) return undefined;
  for (const field of text.split(";")) {
    const id = /^id=([A-Za-z0-9]{1,32})$/.exec(field.trim())?.[1];
    if (id !== undefined) return id;
  }
  return undefined;
}

/** Parses a policy file; undefined if it is invalid. If a key other than `mx` is repeated, its first value counts. */
export function readPolicy(file: string): StsPolicy | undefined {
  const values = new Map<string, string>();
  const servers: string[] = [];
  for (const line of file.split(/\r?\n/)) {
    const colon = line.indexOf(":");
    if (colon < 0) continue;
    const key = line.slice(0, colon).trim();
    const value = line.slice(colon + 1).trim();
    if (key === "mx") servers.push(value.toLowerCase().replace(/\.$/, ""));
    else if (!values.has(key)) values.set(key, value);
  }
  const mode = values.get("mode");
  const maxAge = values.get("max_age") ?? "";
  if (values.get("version") !== "STSv1" || !/^\d{1,10}$/.test(maxAge)) return undefined;
  if (mode !== "enforce" && mode !== "testing" && mode !== "none") return undefined;
  if (mode !== "none" && servers.length === 0) return undefined;
  if (!servers.every((server) => isDomainName(server.replace(/^\*\./, "")))) return undefined;
  return { mode, servers, maxAge: Math.min(Number(maxAge), longestMaxAge) };
}

/** Whether the policy lists that server (RFC 8461, 4.1). */
export function namesServer({ servers }: StsPolicy, server: string): boolean {
  const name = server.toLowerCase();
  const wildcard = `*${name.slice(Math.max(name.indexOf("."), 0))}`;
  return servers.some((pattern) => pattern === name || pattern === wildcard);
}

/** Reads the admin API's input that creates or changes a seed mailbox. */
import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { domainToASCII } from "node:url";
import {
  boolean,
  check,
  type GenericSchema,
  type InferOutput,
  integer,
  maxLength,
  maxValue,
  minLength,
  minValue,
  nullable,
  number,
  optional,
  picklist,
  pipe,
  regex,
  safeParse,
  strictObject,
  string,
  transform,
} from "valibot";
import { mailboxOf, parseAddress } from "../mail/address.ts";
import { SeedMailboxError } from "./seed-mailbox-error.ts";

const line = (what: string, most: number) => {
  const text = `${what} must be a text of 1 to ${most} characters without control characters.`;
  return pipe(string(text), minLength(1, text), maxLength(most, text), regex(/^\P{Cc}*$/u, text));
};

const portText = "port must be a whole number from 1 to 65535.";
const securityText = "security must be tls or starttls: the password never goes over a connection without TLS.";
const caText = "ca must be certificates in PEM, up to 64 KB.";

const choices = {
  isp: line("isp", 64),
  host: pipe(line("host", 253), check(isHost, "host must be the host name or the IP address of the IMAP server.")),
  port: pipe(number(portText), integer(portText), minValue(1, portText), maxValue(65_535, portText)),
  security: picklist(["tls", "starttls"], securityText),
  user: line("user", 320),
  password: line("password", 1024),
  junkFolder: nullable(line("junkFolder", 255)),
  authservId: nullable(line("authservId", 255)),
  ca: nullable(pipe(string(caText), maxLength(64 << 10, caText), check(isPem, caText))),
  enabled: boolean("enabled must be true or false."),
};

const addressText = "address must be the email address of the mailbox.";

const newSeed = strictObject({
  address: pipe(string(addressText), check(isAddress, addressText), transform(canonical)),
  isp: choices.isp,
  host: choices.host,
  port: optional(choices.port),
  security: optional(choices.security, "tls"),
  user: optional(choices.user),
  password: choices.password,
  junkFolder: optional(choices.junkFolder, null),
  authservId: optional(choices.authservId, null),
  ca: optional(choices.ca, null),
  enabled: optional(choices.enabled, true),
});

const seedChange = strictObject({
  isp: optional(choices.isp),
  host: optional(choices.host),
  port: optional(choices.port),
  security: optional(choices.security),
  user: optional(choices.user),
  password: optional(choices.password),
  junkFolder: optional(choices.junkFolder),
  authservId: optional(choices.authservId),
  ca: optional(choices.ca),
  enabled: optional(choices.enabled),
});

export type SeedInput = InferOutput<typeof newSeed>;
export type SeedChange = InferOutput<typeof seedChange>;

/** Reads the body of a request that creates a seed mailbox. Throws a `SeedMailboxError`. */
export function readNewSeed(body: unknown): SeedInput {
  return read(newSeed, body);
}

/** Reads the body of a request that changes one: only the members that change. Throws a `SeedMailboxError`. */
export function readSeedChange(body: unknown): SeedChange {
  return read(seedChange, body);
}

function read<Schema extends GenericSchema>(schema: Schema, body: unknown): InferOutput<Schema> {
  const { success, output, issues } = safeParse(schema, body, { abortEarly: true });
  if (success) return output;
  const [issue] = issues;
  // Texts of the members are complete; those of the object and of missing members are the library's.
  const member = issue.path?.[0]?.key;
  if (member === undefined) throw new SeedMailboxError(400, "A seed mailbox must be a JSON object.");
  const name = JSON.stringify(String(member).slice(0, 64).toWellFormed());
  if (issue.type === "strict_object") {
    const problem = issue.expected === "never" ? `There is no member ${name} here.` : `The member ${name} is missing.`;
    throw new SeedMailboxError(400, problem);
  }
  throw new SeedMailboxError(400, issue.message);
}

/** An address without a display name. */
function isAddress(text: string): boolean {
  if (text.length > 320 || /[<>\s"]/.test(text)) return false;
  try {
    parseAddress(text);
    return true;
  } catch {
    return false;
  }
}

/** The address as mail to it names it: the domain in lower case. */
function canonical(text: string): string {
  return mailboxOf(parseAddress(text));
}

function isHost(text: string): boolean {
  return isIP(text) !== 0 || (/^[\w.-]+$/.test(text) && domainToASCII(text) !== "");
}

/** Whether the text is certificates and nothing else: it is shown, so it must not contain a private key. */
function isPem(text: string): boolean {
  const block = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
  const blocks = text.match(block) ?? [];
  try {
    for (const one of blocks) new X509Certificate(one);
  } catch {
    return false;
  }
  return blocks.length > 0 && text.replace(block, "").trim() === "";
}

/** Reads what callers of the admin API want of a webhook. Every fault is a `WebhookError` with a clear text. */
import type { Envelope, SignatureVersion, WebhookChoices } from "../../stores/postgres/webhooks.ts";
import { mailEventTypes, type PublishedType, publishedTypes } from "../published-event.ts";
import { urlFault } from "./destination.ts";
import { isWebhookName } from "./topic.ts";
import { WebhookError } from "./webhook-error.ts";

const envelopes: readonly Envelope[] = ["event", "sns"];
const signatureVersions: readonly SignatureVersion[] = ["1", "2"];
const longestPreviousHours = 7 * 24;
const standardPreviousHours = 24;
/** As SES names configuration sets. */
const setName = /^[A-Za-z0-9_-]{1,64}$/;

/** A webhook to create. */
export interface WebhookInput extends Omit<WebhookChoices, "enabled"> {
  readonly name: string;
  readonly envelope: Envelope;
}

/** Reads the body of a creation. */
export function readNewWebhook(body: unknown, privateDestinations: "refuse" | "allow"): WebhookInput {
  const members = membersOf(body, ["name", "url", "envelope", "signatureVersion", "eventTypes", "configurationSet"]);
  const name = textOf(members, "name");
  const url = readUrl(members, privateDestinations);
  if (name === undefined || url === undefined) throw bad("A webhook must have a name and a url.");
  if (!isWebhookName(name)) throw bad("The name must be 1 to 256 ASCII letters, digits, hyphens and underscores.");
  const envelope = choiceOf(members, "envelope", envelopes) ?? "event";
  const signatureVersion = readSignatureVersion(members, envelope) ?? "1";
  return {
    name,
    url,
    envelope,
    signatureVersion,
    eventTypes: readEventTypes(members) ?? mailEventTypes,
    configurationSet: readConfigurationSet(members) ?? null,
  };
}

/** Reads the body of a change; members that are left out keep their values. */
export function readWebhookChange(
  body: unknown,
  current: WebhookChoices & { readonly envelope: Envelope },
  privateDestinations: "refuse" | "allow",
): WebhookChoices {
  const members = membersOf(body, ["url", "signatureVersion", "eventTypes", "configurationSet", "enabled"]);
  const configurationSet = readConfigurationSet(members);
  const { enabled = current.enabled } = members;
  if (typeof enabled !== "boolean") throw bad("enabled must be true or false.");
  return {
    url: readUrl(members, privateDestinations) ?? current.url,
    signatureVersion: readSignatureVersion(members, current.envelope) ?? current.signatureVersion,
    eventTypes: readEventTypes(members) ?? current.eventTypes,
    configurationSet: configurationSet === undefined ? current.configurationSet : configurationSet,
    enabled,
  };
}

/** Reads for how many hours the secret before a rotation stays valid. */
export function readPreviousHours(body: unknown): number {
  const { keepPreviousHours = standardPreviousHours } = membersOf(body ?? {}, ["keepPreviousHours"]);
  const isValid =
    typeof keepPreviousHours === "number" && keepPreviousHours >= 0 && keepPreviousHours <= longestPreviousHours;
  if (!isValid) throw bad(`keepPreviousHours must be a number from 0 to ${longestPreviousHours}.`);
  return keepPreviousHours;
}

/** The members of a JSON object that has no others. */
export function membersOf(body: unknown, names: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw bad("The body must be a JSON object.");
  const members = Object.entries(body);
  const unknown = members.find(([name]) => !names.includes(name));
  if (unknown) throw bad(`There is no member ${shown(unknown[0])} here. Known are ${names.join(", ")}.`);
  return Object.fromEntries(members);
}

/** A member that is a text; undefined without it. */
export function textOf(members: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = members[name];
  if (value !== undefined && typeof value !== "string") throw bad(`${name} must be a text.`);
  return value;
}

function bad(message: string): WebhookError {
  return new WebhookError(400, message);
}

function choiceOf<Choice extends string>(
  members: Readonly<Record<string, unknown>>,
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  const given = members[name];
  if (given === undefined) return undefined;
  const choice = choices.find((one) => one === given);
  if (choice === undefined) throw bad(`${name} may be ${choices.map(shown).join(" or ")}.`);
  return choice;
}

/** Normalized, so that it contains ASCII only. */
function readUrl(
  members: Readonly<Record<string, unknown>>,
  privateDestinations: "refuse" | "allow",
): string | undefined {
  const url = textOf(members, "url");
  const fault = url === undefined ? undefined : urlFault(url, privateDestinations);
  if (fault !== undefined) throw bad(fault);
  return url === undefined ? undefined : new URL(url).href;
}

function readSignatureVersion(
  members: Readonly<Record<string, unknown>>,
  envelope: Envelope,
): SignatureVersion | undefined {
  const version = choiceOf(members, "signatureVersion", signatureVersions);
  if (version !== undefined && envelope !== "sns") throw bad('signatureVersion belongs to the envelope "sns".');
  return version;
}

function readEventTypes({ eventTypes: given }: Readonly<Record<string, unknown>>): PublishedType[] | undefined {
  if (given === undefined) return undefined;
  if (!Array.isArray(given)) throw bad("eventTypes must be a list of event types.");
  const types = given.map((one: unknown) => {
    const type = publishedTypes.find((known) => known === one);
    if (type === undefined) {
      throw bad(`There is no event type ${shown(one)}. Event types are ${publishedTypes.join(", ")}.`);
    }
    return type;
  });
  if (new Set(types).size < types.length) throw bad("eventTypes names a type twice.");
  return types;
}

/** Null: all mail. */
function readConfigurationSet({
  configurationSet: given,
}: Readonly<Record<string, unknown>>): string | null | undefined {
  if (given === undefined || given === null) return given;
  if (typeof given !== "string" || !setName.test(given)) {
    throw bad("configurationSet must be the name of a configuration set, or null for all mail.");
  }
  return given;
}

function shown(value: unknown): string {
  const text = JSON.stringify(typeof value === "string" ? value.slice(0, 100).toWellFormed() : value) ?? "undefined";
  return text.length > 110 ? `${text.slice(0, 110)}…` : text;
}

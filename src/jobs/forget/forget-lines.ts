/** Removes events about a recipient from texts that contain many events. */

import { jsonOrUndefined } from "../../common/parse-data.ts";
import { objectOf } from "../../events/recorded-details.ts";

/** The rest of a text. */
export interface Rest {
  /** The text; undefined if nothing is left. */
  readonly text: string | undefined;
  /** How many events are left, and how many were removed. */
  readonly kept: number;
  readonly removed: number;
}

type Lines = (text: string, address: string) => Rest;

/** For lines of recorded events, as in the outbox. */
export const withoutEvents: Lines = (text, address) => {
  const lines = text.split("\n").filter((line) => line !== "");
  return restOf(
    lines.filter((line) => !isAbout(objectOf(jsonOrUndefined(line)), address)),
    lines.length,
  );
};

/** For pairs of lines, as in the publishing queue: properties, then SES's event. */
export const withoutPublished: Lines = (text, address) => {
  const lines = text.split("\n");
  const pairs: string[] = [];
  for (let at = 0; at + 1 < lines.length; at += 2) pairs.push(`${lines[at]}\n${lines[at + 1]}`);
  const kept = pairs.filter((pair) => !isPublishedAbout(objectOf(jsonOrUndefined(pair.split("\n")[1] ?? "")), address));
  return restOf(kept, pairs.length);
};

/** Whether a recorded event is about this recipient, or about a message to nobody else. */
function isAbout({ recipient, destination }: Readonly<Record<string, unknown>>, address: string): boolean {
  return isSame(recipient, address) || areAll(destination, address);
}

/** Likewise for an event in SES's format. Some types name recipients; others are about all of the message's. */
function isPublishedAbout(event: Readonly<Record<string, unknown>>, address: string): boolean {
  const named = [
    listed(objectOf(event.bounce).bouncedRecipients),
    listed(objectOf(event.complaint).complainedRecipients),
    listed(objectOf(event.deliveryDelay).delayedRecipients),
    listed(objectOf(event.delivery).recipients),
  ].find((recipients) => recipients.length > 0);
  return areAll(named, address) || areAll(objectOf(event.mail).destination, address);
}

function listed(recipients: unknown): unknown[] {
  if (!Array.isArray(recipients)) return [];
  return recipients.map((one: unknown) => (typeof one === "string" ? one : objectOf(one).emailAddress));
}

function areAll(addresses: unknown, address: string): boolean {
  return Array.isArray(addresses) && addresses.length > 0 && addresses.every((one) => isSame(one, address));
}

function isSame(value: unknown, address: string): boolean {
  return typeof value === "string" && value.toLowerCase() === address.toLowerCase();
}

function restOf(kept: readonly string[], before: number): Rest {
  const text = kept.length === 0 ? undefined : `${kept.join("\n")}\n`;
  return { text, kept: kept.length, removed: before - kept.length };
}

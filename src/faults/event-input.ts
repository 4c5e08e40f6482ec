/** Reads the events that callers ask for: on demand for a message, or as the outcome of a rule. */
import { isIP } from "node:net";
import type { EventOnDemand, OutcomeEvent } from "../admin-api/faults.ts";
import { parseInstant } from "../common/instant.ts";
import { FaultError } from "./fault-error.ts";
import { Members, shown } from "./members.ts";

/** An event to record, and when it happened; undefined for the present. */
export interface AskedEvent {
  readonly recipient: string | undefined;
  readonly at: Date | undefined;
  readonly event: OutcomeEvent;
}

const types: readonly EventOnDemand["type"][] = [
  "BOUNCE",
  "COMPLAINT",
  "DELIVERY",
  "DELIVERY_DELAY",
  "OPEN",
  "CLICK",
  "REJECT",
  "RENDERING_FAILURE",
];

/** SES's subtypes of each type of bounce (facts 6.3). */
const bounceSubTypes = {
  Permanent: [
    "General",
    "NoEmail",
    "Suppressed",
    "OnAccountSuppressionList",
    "OnTenantSuppressionList",
    "UnsubscribedRecipient",
    "EmailValidationSuppressed",
  ],
  Transient: [
    "General",
    "MailboxFull",
    "MessageTooLarge",
    "ContentRejected",
    "AttachmentRejected",
    "CustomTimeoutExceeded",
  ],
  Undetermined: ["Undetermined"],
} as const;
const bounceTypes = ["Permanent", "Transient", "Undetermined"] as const;
const feedbackTypes = ["abuse", "auth-failure", "fraud", "not-spam", "other", "virus"] as const;
const delayTypes = [
  "InternalFailure",
  "General",
  "MailboxFull",
  "SpamDetected",
  "RecipientServerError",
  "IPFailure",
  "TransientCommunicationFailure",
  "BYOIPHostNameLookupUnavailable",
  "Undetermined",
  "SendingDeferral",
] as const;

const longestText = 2_000;
const longestUserAgent = 512;
const longestLink = 4_000;
const mostLinkTags = 50;

/** Reads the body of a request for an event; throws a `FaultError`. */
export function readAskedEvent(value: unknown): AskedEvent {
  const members = new Members(value, "an event");
  const event = readType(members);
  const recipient = members.text("recipient", 320);
  const at = readInstant(members);
  members.end();
  return { recipient, at, event };
}

/** Reads an event of a rule's outcome; throws a `FaultError`. */
export function readOutcome(value: unknown): OutcomeEvent {
  const members = new Members(value, "an event");
  const event = readType(members);
  members.end();
  return event;
}

function readInstant(members: Members): Date | undefined {
  const given = members.text("at", 40);
  const at = given === undefined ? undefined : parseInstant(given);
  if (given !== undefined && !at) {
    throw new FaultError("at must be an instant in ISO 8601 with an offset, such as 2026-11-24T00:00:00Z.");
  }
  return at;
}

function readType(members: Members): OutcomeEvent {
  const type = members.take("type");
  if (type === "SEND") throw new FaultError("Each message has its SEND event: send another message.");
  if (type === "SUBSCRIPTION") {
    throw new FaultError(
      "A SUBSCRIPTION event follows a recipient's choice: make it through the links of the message.",
    );
  }
  const known = types.find((one) => one === type);
  if (known === undefined) {
    throw new FaultError(`There is no event type ${shown(type)} here. The types are ${types.join(", ")}.`);
  }
  return present({ type: known, ...detailsOf(known, members) });
}

function detailsOf(type: EventOnDemand["type"], members: Members): Omit<OutcomeEvent, "type"> {
  switch (type) {
    case "BOUNCE": {
      const bounceType = members.choice("bounceType", bounceTypes) ?? "Permanent";
      const bounceSubType =
        members.choice<string>("bounceSubType", bounceSubTypes[bounceType]) ?? bounceSubTypes[bounceType][0];
      return { bounceType, bounceSubType, status: readStatus(members), diagnostic: readDiagnostic(members) };
    }
    case "COMPLAINT":
      return {
        feedbackType: members.choice("feedbackType", feedbackTypes) ?? "abuse",
        userAgent: members.text("userAgent", longestUserAgent),
      };
    case "DELIVERY":
      return { smtpResponse: members.text("smtpResponse", longestText) };
    case "DELIVERY_DELAY":
      return {
        delayType: members.choice("delayType", delayTypes) ?? "TransientCommunicationFailure",
        status: readStatus(members),
        diagnostic: readDiagnostic(members),
      };
    case "OPEN":
      return readClient(members);
    case "CLICK":
      return { link: readLink(members), linkTags: readLinkTags(members), ...readClient(members) };
    case "REJECT":
      return { reason: members.text("reason", longestText) };
    case "RENDERING_FAILURE":
      return {
        errorMessage: members.text("errorMessage", longestText),
        templateName: members.text("templateName", 256),
      };
  }
}

function readDiagnostic(members: Members): string | undefined {
  return members.text("diagnostic", longestText);
}

function readStatus(members: Members): string | undefined {
  const status = members.text("status", 11);
  // RFC 3463, 2.
  if (status !== undefined && !/^[245]\.\d{1,3}\.\d{1,3}$/.test(status)) {
    throw new FaultError("status must be an enhanced status code, such as 5.1.1.");
  }
  return status;
}

function readClient(members: Members): Pick<OutcomeEvent, "userAgent" | "ipAddress"> {
  const ipAddress = members.text("ipAddress", 45);
  if (ipAddress !== undefined && isIP(ipAddress) === 0) throw new FaultError("ipAddress must be an IP address.");
  return { userAgent: members.text("userAgent", longestUserAgent), ipAddress };
}

function readLink(members: Members): string {
  const link = members.text("link", longestLink);
  const { protocol } = URL.parse(link ?? "") ?? {};
  if (link === undefined || (protocol !== "http:" && protocol !== "https:")) {
    throw new FaultError("A CLICK must have a link: an http or https URL.");
  }
  return link;
}

function readLinkTags(members: Members): Record<string, string[]> | undefined {
  const value = members.take("linkTags");
  if (value === undefined) return undefined;
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  const entries: [string, unknown][] = isObject ? Object.entries(value) : [];
  const tags = entries.flatMap(([name, values]): [string, string[]][] => {
    if (!Array.isArray(values)) return [];
    const texts = values.filter((one): one is string => typeof one === "string");
    return texts.length === values.length ? [[name, texts]] : [];
  });
  if (!isObject || tags.length !== entries.length || tags.length > mostLinkTags) {
    throw new FaultError('linkTags must be an object of names with lists of values, such as {"button": ["red"]}.');
  }
  return Object.fromEntries(tags);
}

/** Without the members that are undefined. */
function present(event: OutcomeEvent): OutcomeEvent {
  const { type, ...details } = event;
  return { type, ...Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined)) };
}

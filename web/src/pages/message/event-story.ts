/** What an event says to people: a title, a sentence, and the facts that its source told. */
import type { MachineKind, MessageEvent, TopicChoices } from "../../../../src/admin-api/message.ts";
import { deliveryNames } from "../../components/event-names.ts";
import { bounceReason } from "./bounce-reasons.ts";

/** A fact of an event. `code`: a machine's words, kept as they are. */
export interface EventFact {
  readonly name: string;
  readonly value: string;
  readonly code?: boolean;
}

/** An event as it is shown. */
export interface EventStory {
  readonly title: string;
  readonly sentence?: string;
  readonly tone: "good" | "bad" | "neutral" | "warning" | "reader";
  /** Set apart: it tells nothing of a person. */
  readonly byMachine: boolean;
  readonly facts: readonly EventFact[];
}

/** Tells an event. */
export function eventStory(event: MessageEvent): EventStory {
  const plain = { byMachine: false };
  switch (event.type) {
    case "SEND":
      return { ...plain, title: "Sent", tone: "neutral", sentence: "The server took the mail.", facts: [] };
    case "DELIVERY":
      return {
        ...plain,
        title: "Delivered",
        tone: "good",
        sentence: "The recipient's server took the mail.",
        facts: facts({
          "SMTP answer": code(event.smtpResponse),
          "Remote server": event.remoteMtaIp,
          "Delivered by": event.reportingMta,
          "Time taken": event.processingTimeMillis === undefined ? undefined : seconds(event.processingTimeMillis),
        }),
      };
    case "BOUNCE": {
      const { reason, advice } = bounceReason(event);
      return {
        ...plain,
        title: deliveryNames[bounceKinds[event.bounceType]].name,
        tone: event.bounceType === "Permanent" ? "bad" : "warning",
        sentence: `${reason} ${advice}`,
        facts: facts({
          "SMTP answer": code(event.diagnostic),
          Status: code(event.status),
          "SES calls it": [event.bounceType, event.bounceSubType].filter((one) => one !== "").join(" / "),
          Action: event.action,
          "Remote server": event.remoteMtaIp,
          "Reported by": event.reportingMta,
          "Feedback ID": code(event.feedbackId),
        }),
      };
    }
    case "COMPLAINT":
      return {
        ...plain,
        title: "Complaint",
        tone: "bad",
        sentence: complaintSentence(event.complaintSubType, event.complaintFeedbackType),
        facts: facts({
          Kind: event.complaintFeedbackType,
          "SES calls it": event.complaintSubType,
          "Reported by": event.userAgent,
          "Mail arrived": event.arrivalDate,
          "Feedback ID": code(event.feedbackId),
        }),
      };
    case "REJECT":
      return {
        ...plain,
        title: "Not sent",
        tone: "bad",
        sentence: "The mail was not sent: its content is harmful.",
        facts: facts({ Reason: event.reason }),
      };
    case "OPEN":
      return {
        title: event.machine ? "Opened by a machine" : "Opened",
        tone: event.machine ? "neutral" : "reader",
        sentence: event.machine ? machineSentence(event.machine) : "The mail's pixel was loaded.",
        byMachine: event.machine !== undefined,
        facts: facts({ "IP address": event.ipAddress, "User agent": event.userAgent }),
      };
    case "CLICK":
      return {
        title: event.machine ? "Link followed by a machine" : "Clicked",
        tone: event.machine ? "neutral" : "reader",
        sentence: event.machine ? machineSentence(event.machine) : "A link of the mail was followed.",
        byMachine: event.machine !== undefined,
        facts: facts({
          Link: code(event.link),
          "Link tags": linkTagsText(event.linkTags),
          "IP address": event.ipAddress,
          "User agent": event.userAgent,
        }),
      };
    case "RENDERING_FAILURE":
      return {
        ...plain,
        title: "Template failed",
        tone: "bad",
        sentence: "The mail was not sent: its template could not be filled in.",
        facts: facts({ Template: event.templateName, Error: code(event.errorMessage) }),
      };
    case "DELIVERY_DELAY":
      return {
        ...plain,
        title: "Delayed",
        tone: "warning",
        sentence: `${delaySentences[event.delayType ?? ""] ?? "The mail could not be delivered yet."} It will be tried again.`,
        facts: facts({
          "SMTP answer": code(event.diagnostic),
          Status: code(event.status),
          "SES calls it": event.delayType,
          "Tried until": event.expirationTime,
          "Reported by": event.reportingMta,
        }),
      };
    case "SUBSCRIPTION":
      return {
        ...plain,
        title: "Subscription changed",
        tone: "neutral",
        sentence: "The recipient chose what to get.",
        facts: facts({
          "Contact list": event.contactList,
          Through: event.source,
          Before: choicesText(event.oldTopicPreferences),
          Now: choicesText(event.newTopicPreferences),
        }),
      };
  }
}

const bounceKinds = {
  Permanent: "PERMANENT_BOUNCE",
  Transient: "TRANSIENT_BOUNCE",
  Undetermined: "UNDETERMINED_BOUNCE",
} as const;

const machines: Readonly<Record<MachineKind, string>> = {
  proxy:
    "The provider loads pictures for its users when they open a mail: somebody has, from a place that is not told.",
  prefetch: "The mail program loads pictures of all mail that arrives: nobody needs to have seen it.",
  scanner: "A program that looks for harmful links did this, as it does with any mail.",
  bot: "A program did this, no person.",
};

const machineSentence = (kind: MachineKind) => machines[kind];

/** By SES's delayType. */
const delaySentences: Readonly<Record<string, string>> = {
  InternalFailure: "The sending server had a fault of its own.",
  MailboxFull: "The recipient's mailbox is full.",
  SpamDetected: "The recipient's server gets much unwanted mail from this sender, it says.",
  RecipientServerError: "The recipient's server has a fault at the moment.",
  IPFailure: "The recipient's server takes no mail from this server's IP address at the moment.",
  TransientCommunicationFailure: "The connection to the recipient's server failed.",
  BYOIPHostNameLookupUnavailable: "The name of the server's IP address could not be looked up.",
  SendingDeferral: "The server holds the mail back for a while.",
};

function complaintSentence(subType: string | undefined, feedbackType: string | undefined): string {
  if (subType === "OnAccountSuppressionList") {
    return "The mail was not sent: the recipient complained before, and is on the suppression list for it.";
  }
  switch (feedbackType) {
    case "not-spam":
      return "The recipient took the mail out of the spam folder: no complaint at all.";
    case "fraud":
      return "The recipient reported the mail as fraud.";
    case "virus":
      return "The recipient's server found something harmful in the mail.";
    case "auth-failure":
      return "The recipient's server could not make sure that the mail is by its sender.";
    default:
      return "The recipient reported the mail as spam.";
  }
}

function facts(named: Readonly<Record<string, string | EventFact | undefined>>): EventFact[] {
  return Object.entries(named).flatMap(([name, given]) => {
    if (given === undefined || given === "") return [];
    return [typeof given === "string" ? { name, value: given } : { ...given, name }];
  });
}

function code(value: string | undefined): EventFact | undefined {
  return value === undefined || value === "" ? undefined : { name: "", value, code: true };
}

function seconds(milliseconds: number): string {
  return milliseconds < 1000 ? `${milliseconds} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

function linkTagsText(tags: Readonly<Record<string, readonly string[]>> | undefined): string | undefined {
  if (!tags) return undefined;
  return Object.entries(tags)
    .map(([name, values]) => `${name}: ${values.join(", ")}`)
    .join("; ");
}

function choicesText(choices: TopicChoices | undefined): string | undefined {
  if (!choices) return undefined;
  const topics = choices.topicSubscriptionStatus.map(
    ({ topicName, subscriptionStatus }) => `${topicName}: ${subscriptionStatus === "OptIn" ? "yes" : "no"}`,
  );
  return choices.unsubscribeAll ? "nothing" : topics.join(", ") || "what the list has by itself";
}

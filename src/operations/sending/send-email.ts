import { randomUUID } from "node:crypto";
import { errors } from "../../contract/errors.ts";
import type { CallContext, Handler } from "../../contract/types.ts";
import { captureEvents } from "../../delivery/capture.ts";
import type { MailEvent, MailLocation } from "../../events/event.ts";
import { createMessageId } from "../../events/message-id.ts";
import type { Outbox } from "../../events/outbox.ts";
import { badContentReason } from "../../mail/content-scan.ts";
import { hasFeedbackLoop, ispOf } from "../../mail/isp.ts";
import { isSimulated } from "../../mail/simulator.ts";
import type { AccountSettings } from "../account/settings.ts";
import { type PreparedMessage, prepare } from "./envelope.ts";

/** What sending works with. */
export interface SendingServices {
  outbox: Outbox;
  settings: AccountSettings;
  clock: () => Date;
  /** The region in the Message-ID, `id@region.amazonses.com` in SES. */
  region: string;
  /** `required`: the sender must be an identity that exists. */
  verification: "off" | "required";
}

/** SendEmail: answers once the message, its SEND event and, in capture mode, its outcome are committed. */
export function sendEmail(services: SendingServices): Handler<"SendEmail"> {
  const { outbox, settings, clock, region } = services;
  return async (input, context) => {
    await settings.checkAccount();
    const message = prepare(input);
    const sender = await findSender(services, message);
    if (message.listManagement) throw errors.contactListNotFound(message.listManagement.contactListName);
    const sentAt = context.now;
    const messageId = createMessageId(sentAt);
    await outbox.submit({
      messageId,
      // Mail to the simulator counts towards no quota.
      recipients: message.recipients.filter(({ address }) => !isSimulated(address)).length,
      mime: message.write({ messageId: `${messageId}@${region}.mailglass`, date: sentAt }),
      events: (location) => firstEvents({ message, messageId, sentAt, context, location, ...sender }, clock()),
    });
    return { MessageId: messageId };
  };
}

/** The identity and the configuration set under which the message goes. */
interface Sender {
  identity: string;
  configurationSet: string | undefined;
}

async function findSender(
  { settings, verification, region }: SendingServices,
  message: PreparedMessage,
): Promise<Sender> {
  const identities = await Promise.all(message.fromHeader.map((from) => settings.identityOf(from.address)));
  if (verification === "required") {
    const missing = message.fromHeader.filter((_, index) => identities[index] === undefined);
    if (missing.length > 0) {
      throw errors.identityNotVerified(
        region,
        missing.map(({ address }) => address),
      );
    }
  }
  const identity = await settings.identityOf(message.from.address);
  const configurationSet = message.configurationSetName ?? identity?.configurationSetName ?? undefined;
  if (configurationSet !== undefined) await settings.checkConfigurationSet(configurationSet);
  // Where no identity was created, verification is off: the domain is what SES would have verified.
  return { identity: identity?.name ?? message.from.domain, configurationSet };
}

interface Accepted extends Sender {
  message: PreparedMessage;
  messageId: string;
  sentAt: Date;
  context: CallContext;
  location: MailLocation;
}

function firstEvents(accepted: Accepted, now: Date): MailEvent[] {
  const { message, messageId, sentAt, context, location, identity, configurationSet } = accepted;
  const addresses = message.recipients.map((recipient) => recipient.address);
  const destination = addresses.map(({ address }) => address);
  return addresses.flatMap((recipient): MailEvent[] => {
    const isp = ispOf(recipient.domain);
    const base = { messageId, sentAt, recipient: recipient.address };
    const sent: MailEvent = {
      ...base,
      id: randomUUID(),
      type: "SEND",
      at: sentAt,
      message: {
        source: message.from.address,
        subject: message.subject,
        isp,
        identity,
        configurationSet,
        tenant: message.tenantName,
        tags: {
          ...message.tags,
          "ses:operation": ["SendEmail"],
          "ses:caller-identity": [context.callerIdentity],
          "ses:source-ip": [context.sourceIp],
          "ses:from-domain": [message.from.domain],
          "ses:sender-identity": [identity],
          "ses:recipient-isp": [isp],
          ...(configurationSet === undefined ? {} : { "ses:configuration-set": [configurationSet] }),
        },
        destination,
        location,
        inSesScope: addresses.length === 1 && !isSimulated(recipient),
        feedbackLoop: hasFeedbackLoop(isp),
        openTracked: false,
        clickTracked: false,
      },
    };
    if (message.badContent) {
      return [sent, { ...base, id: randomUUID(), type: "REJECT", at: now, reason: badContentReason }];
    }
    return [sent, ...captureEvents({ messageId, sentAt }, recipient, now)];
  });
}

/** A load of SendEmail of many kinds, each of which says what must become of it. */
import {
  type SESv2Client,
  SESv2ServiceException,
  SendEmailCommand,
  type SendEmailRequest,
} from "@aws-sdk/client-sesv2";

/** A recipient, and what insights and exports say of the message to them in the end. */
export interface ExpectedRecipient {
  address: string;
  /** The events' types, sorted. */
  events: readonly string[];
  /** The export's `last_delivery_event`. */
  lastDeliveryEvent: string;
}

/** A message that the server acknowledged. */
export interface AcknowledgedMail {
  id: string;
  /** Its subject, and the end of its text; no other message has it. */
  token: string;
  recipients: readonly ExpectedRecipient[];
}

/** A load under way. */
export interface MailLoad {
  readonly acknowledged: AcknowledgedMail[];
  /** What went wrong, in the order in which it was heard. A loop ends with its first failure. */
  readonly failures: unknown[];
  /** Resolves when so many messages are acknowledged, or every loop has ended. */
  reached(count: number): Promise<void>;
  /** Starts no further request; resolves when all are answered or have failed. */
  stop(): Promise<void>;
}

const delivered = (address: string): ExpectedRecipient => ({
  address,
  events: ["DELIVERY", "SEND"],
  lastDeliveryEvent: "DELIVERY",
});

const simulator = "simulator.amazonses.com";

/** What the messages' recipients are, by turns: the mailbox simulator's outcomes among ordinary mail. */
const recipientKinds: readonly ((n: number) => ExpectedRecipient[])[] = [
  (n) => [delivered(`user-${n}@example.com`)],
  (n) => [delivered(`user-${n}@gmail.com`)],
  () => [{ address: `bounce@${simulator}`, events: ["BOUNCE", "SEND"], lastDeliveryEvent: "PERMANENT_BOUNCE" }],
  (n) => [delivered(`one-${n}@example.com`), delivered(`two-${n}@example.com`)],
  (n) => [
    {
      address: `complaint+${n}@${simulator}`,
      events: ["COMPLAINT", "DELIVERY", "SEND"],
      lastDeliveryEvent: "COMPLAINT",
    },
  ],
  () => [delivered(`success@${simulator}`)],
  () => [{ address: `ooto@${simulator}`, events: ["BOUNCE", "DELIVERY", "SEND"], lastDeliveryEvent: "DELIVERY" }],
];

/**
 * Starts so many loops that send one message after another: Simple and Raw in turn, the kinds of recipients in turn.
 * `name` makes the tokens unlike those of other loads.
 */
export function startMailLoad(client: SESv2Client, name: string, loops: number): MailLoad {
  const acknowledged: AcknowledgedMail[] = [];
  const failures: unknown[] = [];
  const listeners = new Set<() => void>();
  let next = 0;
  let stopping = false;
  const running = Promise.all(Array.from({ length: loops }, loop));

  return {
    acknowledged,
    failures,
    async reached(count) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const listener = () => {
        if (acknowledged.length >= count) resolve();
      };
      listeners.add(listener);
      listener();
      await Promise.race([promise, running]);
      listeners.delete(listener);
    },
    async stop() {
      stopping = true;
      await running;
    },
  };

  async function loop(): Promise<void> {
    while (!stopping) {
      const n = next++;
      const token = `${name}-${n}`;
      const recipients = recipientKinds[n % recipientKinds.length]?.(n) ?? [];
      try {
        const { MessageId: id } = await client.send(new SendEmailCommand(request(token, recipients, n % 2 === 0)));
        if (id === undefined) throw new Error("SendEmail answered no MessageId");
        acknowledged.push({ id, token, recipients });
        for (const listener of listeners) listener();
      } catch (error) {
        failures.push(error);
        return;
      }
    }
  }
}

/** What the server itself refused, among failures; the rest are connections that broke. */
export function refusalsIn(failures: readonly unknown[]): unknown[] {
  return failures.filter((failure) => failure instanceof SESv2ServiceException);
}

function request(token: string, recipients: readonly ExpectedRecipient[], simple: boolean): SendEmailRequest {
  const addresses = recipients.map(({ address }) => address);
  const text = `${"A line of text.\r\n".repeat(20)}The end of ${token}.`;
  return {
    FromEmailAddress: "Sender <sender@example.com>",
    Destination: { ToAddresses: addresses },
    Content: simple
      ? { Simple: { Subject: { Data: token }, Body: { Text: { Data: text }, Html: { Data: `<p>${text}</p>` } } } }
      : {
          Raw: {
            Data: Buffer.from(
              `From: Sender <sender@example.com>\r\nTo: ${addresses.join(", ")}\r\nSubject: ${token}\r\n\r\n${text}\r\n`,
            ),
          },
        },
  };
}

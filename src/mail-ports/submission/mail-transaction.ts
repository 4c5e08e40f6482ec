/** MAIL, RCPT, DATA: an envelope and a message, which then goes the way of a SendEmail with raw content. */
import { randomUUID } from "node:crypto";
import type { SMTPServerAddress } from "smtp-server";
import { sendMessage } from "../../operations/sending/send-email.ts";
import type { SendingServices } from "../../operations/sending/sending-services.ts";
import type { SmtpHandlers, SmtpSession } from "../listener.ts";
import { type MemoryBudget, readMessage } from "../read-message.ts";
import { anonymous, type Logins } from "./login.ts";
import { replies, replyTo } from "./replies.ts";

/** SES's quota for a message, 40 MB. */
export const maxMessageBytes = 40 * 1024 * 1024;
/** What is read of a longer one before the client is cut off: enough to tell it. */
const dropBytes = maxMessageBytes;
/** SES takes 50, and says so after the message; this only bounds what is kept. */
const maxRecipients = 1000;

/** What the handlers work with. */
export interface TransactionServices {
  sending: SendingServices;
  /** `required`: no mail without a login, no login without TLS. */
  authentication: "off" | "required";
  logins: Logins;
  budget: MemoryBudget;
}

/** The handlers of a submission port. */
export function mailTransactions({ sending, authentication, logins, budget }: TransactionServices): SmtpHandlers {
  /** As they were given: smtp-server's own list takes addresses that differ in case for one. */
  const recipients = new WeakMap<SmtpSession["envelope"], string[]>();

  return {
    login: (user, password, session) => logins.check(user, password, session.remoteAddress),

    async sender(address, session) {
      if (authentication === "required" && !session.secure) throw replies.tlsMissing();
      if (authentication === "required" && !session.user) throw replies.loginMissing();
      if (address.address === "") throw replies.senderMissing();
      if (hasParameter(address, "SMTPUTF8")) throw replies.notAscii();
    },

    async recipient(address, { envelope }) {
      const known = recipients.get(envelope) ?? [];
      if (known.length === maxRecipients) throw replies.tooManyRecipients();
      known.push(address);
      recipients.set(envelope, known);
    },

    async message(stream, session) {
      const { envelope } = session;
      const received = await readMessage(stream, { keepBytes: maxMessageBytes, dropBytes, budget });
      try {
        if (received.length > maxMessageBytes) throw replies.messageTooLong();
        return `Ok ${await submit(received.bytes, envelope, session)}`;
      } catch (error) {
        throw replyTo(error) ?? error;
      } finally {
        received.release();
      }
    },
  };

  function submit(data: Uint8Array, envelope: SmtpSession["envelope"], session: SmtpSession): Promise<string> {
    const user: unknown = session.user;
    const input = {
      FromEmailAddress: envelope.mailFrom === false ? "" : envelope.mailFrom.address,
      Destination: { ToAddresses: recipients.get(envelope) ?? [] },
      Content: { Raw: { Data: data } },
    };
    return sendMessage(sending, input, "SendSmtpEmail", {
      requestId: randomUUID(),
      now: sending.clock(),
      callerIdentity: typeof user === "string" ? user : anonymous,
      sourceIp: session.remoteAddress,
    });
  }
}

function hasParameter({ args }: SMTPServerAddress, name: string): boolean {
  return args !== false && Object.hasOwn(args, name);
}

/** Mail transactions (MAIL, RCPT, DATA). A message is then sent like a SendEmail call with raw content. */
import { randomUUID } from "node:crypto";
import type { SMTPServerAddress } from "smtp-server";
import { mayCall } from "../../access/policies/key-rights.ts";
import type { Scopes } from "../../accounts/scopes.ts";
import { sendMessage } from "../../operations/sending/send-email.ts";
import type { SendingServices } from "../../operations/sending/sending-services.ts";
import type { Scope } from "../../stores/postgres/scopes.ts";
import type { SmtpHandlers, SmtpSession } from "../listener.ts";
import { type MemoryBudget, readMessage } from "../read-message.ts";
import type { Logins, Submitter } from "./login.ts";
import { replies, replyTo } from "./replies.ts";

/** SES's quota for a message, 40 MB. */
export const maxMessageBytes = 40 * 1024 * 1024;
/** How much more is read of a longer message before the client is disconnected, so that it can receive the reply. */
const dropBytes = maxMessageBytes;
/** SES allows 50 and replies with an error after the message. This only limits memory. */
const maxRecipients = 1000;

export interface TransactionServices {
  scopes: Pick<Scopes, "of">;
  sendingOf: (scope: Scope) => SendingServices;
  /** `required`: sending requires a login, and a login requires TLS. */
  authentication: "off" | "required";
  logins: Logins;
  budget: MemoryBudget;
}

/** Creates the handlers of a submission port. */
export function mailTransactions({
  scopes,
  sendingOf,
  authentication,
  logins,
  budget,
}: TransactionServices): SmtpHandlers {
  /** Recipients as given. smtp-server's own list merges addresses that differ only in case. */
  const recipients = new WeakMap<SmtpSession["envelope"], string[]>();
  const submitters = new WeakMap<SmtpSession, Submitter>();

  return {
    async login(user, password, session) {
      const submitter = await logins.check(user, password, session.remoteAddress);
      submitters.set(session, submitter);
      return submitter.name;
    },

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

  async function submit(data: Uint8Array, envelope: SmtpSession["envelope"], session: SmtpSession): Promise<string> {
    const { name, scope, rights } = submitters.get(session) ?? logins.anonymous;
    // A connection can live longer than a reset, which replaces the scope.
    const sending = sendingOf((await scopes.of(scope.accountId, scope.region)) ?? scope);
    const input = {
      FromEmailAddress: envelope.mailFrom === false ? "" : envelope.mailFrom.address,
      Destination: { ToAddresses: recipients.get(envelope) ?? [] },
      Content: { Raw: { Data: data } },
    };
    return sendMessage(
      sending,
      input,
      { operation: "SendSmtpEmail" },
      {
        requestId: randomUUID(),
        now: sending.clock(),
        callerIdentity: name,
        sourceIp: session.remoteAddress,
        client: { apiVersion: undefined, secureTransport: session.secure, userAgent: undefined, referer: undefined },
        mayCall: (operation, resources) => mayCall(rights, operation, resources),
      },
    );
  }
}

function hasParameter({ args }: SMTPServerAddress, name: string): boolean {
  return args !== false && Object.hasOwn(args, name);
}

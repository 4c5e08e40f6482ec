/** Mail transactions (MAIL, RCPT, DATA). A message is then sent like a SendEmail call with raw content. */
import { randomUUID } from "node:crypto";
import type { SMTPServerAddress } from "smtp-server";
import { mayCall } from "../../access/policies/key-rights.ts";
import type { Scopes } from "../../accounts/scopes.ts";
import type { Faults } from "../../faults/faults.ts";
import { SmtpFault } from "../../faults/injected.ts";
import type { SmtpPoint } from "../../faults/points.ts";
import { sendMessage } from "../../operations/sending/send-email.ts";
import type { SendingServices } from "../../operations/sending/sending-services.ts";
import type { Scope } from "../../stores/postgres/scopes.ts";
import type { SmtpHandlers, SmtpSession } from "../listener.ts";
import { type MemoryBudget, readMessage } from "../read-message.ts";
import { SmtpRefusal } from "../refusal.ts";
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
  /** Faults on demand; undefined without them. */
  faults?: Faults | undefined;
  budget: MemoryBudget;
}

/** Creates the handlers of a submission port. */
export function mailTransactions(services: TransactionServices): SmtpHandlers {
  const { scopes, sendingOf, authentication, logins, faults, budget } = services;
  /** Recipients as given. smtp-server's own list merges addresses that differ only in case. */
  const recipients = new WeakMap<SmtpSession["envelope"], string[]>();
  const submitters = new WeakMap<SmtpSession, Submitter>();

  return {
    connection: (session) => fault(scopeOf(session), { at: "smtp", stage: "CONNECT" }),

    command(command, session) {
      const given = command === "EHLO" ? {} : { recipients: recipients.get(session.envelope) ?? [] };
      return fault(scopeOf(session), { at: "smtp", stage: command, sender: senderOf(session.envelope), ...given });
    },

    async login(user, password, session) {
      const submitter = await logins.check(user, password, session.remoteAddress);
      await fault(submitter.scope, { at: "smtp", stage: "AUTH" });
      submitters.set(session, submitter);
      return submitter.name;
    },

    async sender(address, session) {
      if (authentication === "required" && !session.secure) throw replies.tlsMissing();
      if (authentication === "required" && !session.user) throw replies.loginMissing();
      if (address.address === "") throw replies.senderMissing();
      if (hasParameter(address, "SMTPUTF8")) throw replies.notAscii();
      await fault(scopeOf(session), { at: "smtp", stage: "MAIL", sender: address.address });
    },

    async recipient(address, session) {
      const { envelope } = session;
      const known = recipients.get(envelope) ?? [];
      if (known.length === maxRecipients) throw replies.tooManyRecipients();
      const point: SmtpPoint = { at: "smtp", stage: "RCPT", sender: senderOf(envelope), recipients: [address] };
      await fault(scopeOf(session), point);
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
        if (error instanceof SmtpFault) throw new SmtpRefusal(error.code, error.message);
        throw replyTo(error) ?? error;
      } finally {
        received.release();
      }
    },
  };

  /** Applies rules of faults at a stage; undefined without rules. */
  function fault(scope: Scope, point: SmtpPoint): Promise<void> | undefined {
    return faults?.any() ? applyFaults(faults, scope, point) : undefined;
  }

  async function applyFaults(faults: Faults, scope: Scope, point: SmtpPoint): Promise<void> {
    try {
      await faults.apply(await present(scope), point);
    } catch (error) {
      throw error instanceof SmtpFault ? new SmtpRefusal(error.code, error.message) : error;
    }
  }

  /** A connection can live longer than a reset, which replaces the scope. */
  async function present(scope: Scope): Promise<Scope> {
    return (await scopes.of(scope.accountId, scope.region)) ?? scope;
  }

  /** Of the login; before one, of all who have none. */
  function scopeOf(session: SmtpSession): Scope {
    return (submitters.get(session) ?? logins.anonymous).scope;
  }

  async function submit(data: Uint8Array, envelope: SmtpSession["envelope"], session: SmtpSession): Promise<string> {
    const { name, scope, rights } = submitters.get(session) ?? logins.anonymous;
    const sending = sendingOf(await present(scope));
    const input = {
      FromEmailAddress: senderOf(envelope),
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

function senderOf({ mailFrom }: SmtpSession["envelope"]): string {
  return mailFrom === false ? "" : mailFrom.address;
}

function hasParameter({ args }: SMTPServerAddress, name: string): boolean {
  return args !== false && Object.hasOwn(args, name);
}

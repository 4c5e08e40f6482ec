/**
 * The inbound SMTP port for returned mail: bounces, complaints, automatic replies. It accepts no other mail and relays
 * nothing. It replies to a message once its event is recorded.
 */
import type { FastifyBaseLogger } from "fastify";
import { createAllowance } from "../../common/allowance.ts";
import type { ReturnPath } from "../../delivery/return-path.ts";
import type { DnsResolver } from "../../dns/resolver.ts";
import { classifyMail, maxMailBytes } from "../../mail/bounce/returned-mail.ts";
import type { CertificateSupply } from "../certificate.ts";
import { listenSmtp, type SmtpHandlers, type SmtpListener, type SmtpSession } from "../listener.ts";
import { createMemoryBudget, readMessage } from "../read-message.ts";
import { SmtpRefusal } from "../refusal.ts";
import { complainedOf } from "./complaint-evidence.ts";
import { type InboundAddress, type InboundAddressRules, readInboundAddress } from "./inbound-address.ts";
import { createReportRecorder, type Report, type ReportServices } from "./report-recorder.ts";
import { checkSignature } from "./report-signature.ts";

export interface InboundServices extends ReportServices, InboundAddressRules {
  /** Finds the keys of signed complaints. */
  resolver: Pick<DnsResolver, "txt">;
  /** For rates; `clock` by default. */
  steadyClock?: () => Date;
  log: FastifyBaseLogger;
}

export interface InboundOptions {
  host: string;
  /** 0 selects a free port. */
  port: number;
  hostname: string;
  certificate: CertificateSupply;
}

/** Enough for a complete returned message of 40 MB with a report. Only the first megabyte is examined. */
const maxMessageBytes = 64 * 1024 * 1024;
/** In bytes: how much of all messages is held in memory at a time. */
const maxBytesHeld = 64 * maxMailBytes;
const maxConnections = 200;
const maxConnectionsOfClient = 30;
/** A bounce has one return path; a few more may share a transaction. */
const maxRecipients = 5;
/** A client that tries this many unknown addresses is guessing. */
const maxUnknownRecipients = 10;
/** Rate limit for messages per client: a burst, then 20 per second. */
const messages = { burst: 500, everyMs: 50 };

/** Opens the port. Resolves once it listens. */
export function startInbound(services: InboundServices, options: InboundOptions): Promise<SmtpListener> {
  const { log } = services;
  return listenSmtp(
    {
      ...options,
      ...{ tls: "starttls", loginWithoutTls: false, enhancedCodes: true },
      ...{ maxMessageBytes, maxConnections, maxConnectionsOfClient, log },
    },
    inboundHandlers(services),
  );
}

function inboundHandlers(services: InboundServices): SmtpHandlers {
  const { returnPathSecret, clock, steadyClock = clock, log } = services;
  const record = createReportRecorder(services);
  const budget = createMemoryBudget(maxBytesHeld);
  const allowance = createAllowance(messages.burst, messages.everyMs, steadyClock);
  const unknown = new WeakMap<SmtpSession, number>();
  const recipients = new WeakMap<SmtpSession["envelope"], InboundAddress[]>();

  return {
    async sender(_address, session) {
      if (!allowance.take(session.remoteAddress)) {
        throw new SmtpRefusal(451, "Too many messages from your address, try again later");
      }
    },

    async recipient(address, session) {
      const taken = recipients.get(session.envelope) ?? [];
      if (taken.length >= maxRecipients) throw new SmtpRefusal(452, "Too many recipients");
      const found = await readInboundAddress(address, services);
      if (found) {
        recipients.set(session.envelope, [...taken, found]);
        return;
      }
      const count = (unknown.get(session) ?? 0) + 1;
      unknown.set(session, count);
      if (count > maxUnknownRecipients) throw new SmtpRefusal(421, "Too many unknown recipients");
      throw new SmtpRefusal(550, "No such mailbox here: only bounces and complaints are taken");
    },

    async message(stream, { envelope, remoteAddress }) {
      const received = await readMessage(stream, {
        keepBytes: maxMailBytes,
        dropBytes: maxMessageBytes - maxMailBytes,
        budget,
      });
      try {
        const { bytes, length } = received;
        const mail = classifyMail(bytes);
        // The signature of a mail that was not kept whole can't be checked.
        const isSigned = mail.kind === "complaint" && bytes.length === length;
        const forged = isSigned && (await checkSignature(bytes, services.resolver)) === "invalid";
        const nullSender = !envelope.mailFrom || envelope.mailFrom.address === "";
        const report = { mail, bytes, origin: { nullSender, forged } };
        const subjects = new Map<string, ReturnPath>();
        for (const address of recipients.get(envelope) ?? []) {
          const about = subjectOf(report, address, remoteAddress);
          if (about) subjects.set(`${about.messageId} ${about.recipientIndex}`, about);
        }
        for (const about of subjects.values()) await record(report, about);
      } finally {
        received.release();
      }
      return "Ok";
    },
  };

  /** The message and recipient that a mail is about; undefined, and logged, if it proves none. */
  function subjectOf({ mail, bytes }: Report, address: InboundAddress, from: string): ReturnPath | undefined {
    if (address.kind === "return-path") return address.returnPath;
    const about = mail.kind === "complaint" ? complainedOf(mail, bytes, returnPathSecret) : undefined;
    if (!about)
      log.info({ from, to: address.kind, kind: mail.kind }, "dropped mail that is not proven to be about a message");
    return about;
  }
}

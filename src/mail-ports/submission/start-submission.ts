/** The submission ports for SMTP clients, like SES's SMTP endpoint. */
import type { FastifyBaseLogger } from "fastify";
import type { FailedAttempts } from "../../access/failed-attempts.ts";
import type { VerifySmtpLogin } from "../../access/smtp-credentials.ts";
import type { Scopes } from "../../accounts/scopes.ts";
import type { Faults } from "../../faults/faults.ts";
import type { SendingServices } from "../../operations/sending/sending-services.ts";
import type { Scope } from "../../stores/postgres/scopes.ts";
import type { Certificate, CertificateSupply } from "../certificate.ts";
import { listenSmtp, type SmtpListener } from "../listener.ts";
import { createMemoryBudget } from "../read-message.ts";
import { anyLogin, createLogins } from "./login.ts";
import { mailTransactions, maxMessageBytes } from "./mail-transaction.ts";

export interface SubmissionServices {
  sendingOf: (scope: Scope) => SendingServices;
  scopes: Pick<Scopes, "default" | "of">;
  verifySmtpLogin: VerifySmtpLogin;
  failedAttempts: FailedAttempts;
  /** Without authentication, the scope of an account that a user name names; undefined for the default one. */
  accountScope?: ((accountId: string) => Promise<Scope>) | undefined;
  /** Faults on demand; undefined without them. */
  faults?: Faults | undefined;
  log: FastifyBaseLogger;
}

export interface SubmissionOptions {
  host: string;
  /** With STARTTLS. 0 selects a free port; undefined opens none. */
  smtpPort: number | undefined;
  /** With implicit TLS; otherwise as `smtpPort`. */
  smtpsPort: number | undefined;
  hostname: string;
  certificate: CertificateSupply;
  authentication: "off" | "required";
}

export interface Submission {
  readonly smtpPort: number | undefined;
  readonly smtpsPort: number | undefined;
  renewCertificate(certificate: Certificate): void;
  /** Finishes messages in progress, within 10 seconds. */
  close(): Promise<void>;
}

/** In bytes, for both ports: message data held in memory at a time. A complete message needs about twice its length. */
const maxBytesHeld = 4 * maxMessageBytes;
const maxConnections = 500;
/** One application may open many: a pool for each of its processes. */
const maxConnectionsOfClient = 250;

/** Opens the ports. Resolves once they listen. */
export async function startSubmission(
  { sendingOf, scopes, verifySmtpLogin, failedAttempts, accountScope, faults, log }: SubmissionServices,
  options: SubmissionOptions,
): Promise<Submission> {
  const { host, hostname, certificate, authentication } = options;
  const logins =
    authentication === "off"
      ? anyLogin(scopes.default, accountScope)
      : createLogins({ verifySmtpLogin, scopes, failedAttempts, log });
  const budget = createMemoryBudget(maxBytesHeld);
  const handlers = mailTransactions({ sendingOf, scopes, authentication, logins, faults, budget });
  const listeners: SmtpListener[] = [];
  const close = async () => {
    await Promise.all(listeners.map((listener) => listener.close()));
  };
  const open = async (port: number | undefined, tls: "starttls" | "immediate") => {
    if (port === undefined) return undefined;
    const listener = await listenSmtp(
      {
        ...{ host, port, hostname, certificate, tls, maxMessageBytes, maxConnections, maxConnectionsOfClient, log },
        loginWithoutTls: authentication === "off",
        // SES's replies have no enhanced codes.
        enhancedCodes: false,
      },
      handlers,
    );
    listeners.push(listener);
    return listener.port;
  };
  try {
    return {
      smtpPort: await open(options.smtpPort, "starttls"),
      smtpsPort: await open(options.smtpsPort, "immediate"),
      renewCertificate: (renewed) => {
        for (const listener of listeners) listener.renewCertificate(renewed);
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

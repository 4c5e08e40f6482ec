/** The server in this process with its submission ports. */
import { createFailedAttempts } from "../../src/access/failed-attempts.ts";
import { readConfig } from "../../src/config/config.ts";
import { provingOf } from "../../src/identities/status.ts";
import { supplyCertificate } from "../../src/mail-ports/certificate.ts";
import {
  type Submission,
  type SubmissionOptions,
  startSubmission,
} from "../../src/mail-ports/submission/start-submission.ts";
import { createAccountSettings } from "../../src/operations/account/settings.ts";
import { createSending } from "../../src/operations/sending/create-sending.ts";
import { createSubscriptionLinks } from "../../src/recipients/subscriptions/subscription-links.ts";
import { createTrackingLinks } from "../../src/recipients/tracking/tracking-links.ts";
import { defaultScope, inScope } from "../../src/stores/postgres/database.ts";
import { type InProcessServer, startInProcess } from "./in-process-server.ts";
import { noAddressEvaluator } from "./no-address-evaluator.ts";
import { recordingLog } from "./recording-log.ts";

/** A server, and where SMTP clients reach it. */
export interface SubmissionServer {
  readonly server: InProcessServer;
  readonly submission: Submission;
  /** What the ports logged as an error, or less where `level` says so. */
  readonly logged: readonly string[];
  close(): Promise<void>;
}

/** The login that the server takes where it wants one. */
export const smtpLogin = { user: "AKIAIOSFODNN7EXAMPLE", pass: "BCxVDTuyBd1EVK2gf9J3dLn1Nq8uQnjZ0rXk2Lq1rM0W" };

/** What differs from a server that takes all mail. */
interface SubmissionServerOptions extends Partial<SubmissionOptions> {
  /** As MAILGLASS_IDENTITY_VERIFICATION. */
  verification?: "off" | "required";
  /** As MAILGLASS_SEND_RATE and MAILGLASS_DAILY_QUOTA. */
  limits?: { perSecond: number; perDay: number };
  clock?: () => Date;
}

/** Starts both. */
export async function startSubmissionServer(options: SubmissionServerOptions = {}): Promise<SubmissionServer> {
  const clock = options.clock ?? (() => new Date());
  const server = await startInProcess({ environment: { MAILGLASS_EXPORT_WORKERS: "0" }, clock });
  const { outbox } = server;
  const database = inScope(server.database, defaultScope);
  const scope = { id: defaultScope, accountId: "000000000000", region: "us-east-1" };
  const { verification = "off", limits = { perSecond: 0, perDay: 0 } } = options;
  const config = readConfig({
    MAILGLASS_IDENTITY_VERIFICATION: verification,
    MAILGLASS_SEND_RATE: String(limits.perSecond),
    MAILGLASS_DAILY_QUOTA: String(limits.perDay),
  });
  const publicUrl = () => "http://localhost";
  const subscriptionLinks = createSubscriptionLinks(new Uint8Array(32), publicUrl);
  const settings = createAccountSettings({ database, clock, proving: provingOf(config) });
  const trackingLinks = createTrackingLinks(new Uint8Array(32), publicUrl);
  const { log, logged } = recordingLog("error");
  const sending = createSending({
    settingsOfAccount: async () => undefined,
    addresses: noAddressEvaluator,
    ...{ config, scope, database, outbox, settings, subscriptionLinks, trackingLinks, publicUrl, clock, log },
  });
  const hostname = "mail.example.com";
  const submission = await startSubmission(
    {
      sendingOf: () => sending,
      scopes: { default: scope, of: async () => scope },
      verifySmtpLogin: async (user, password) =>
        user === smtpLogin.user && password === smtpLogin.pass
          ? { accessKeyId: user, operator: true, rights: undefined, ...scope }
          : undefined,
      // For which time stands still: how many are too many does not hang on the machine's speed.
      failedAttempts: createFailedAttempts(() => new Date(0)),
      log,
    },
    {
      host: "127.0.0.1",
      smtpPort: 0,
      smtpsPort: 0,
      hostname,
      certificate: await supplyCertificate({ certificateFile: undefined, keyFile: undefined, hostname }),
      authentication: "off",
      ...options,
    },
  );
  return {
    server,
    submission,
    logged,
    async close() {
      await submission.close();
      await server.close();
    },
  };
}

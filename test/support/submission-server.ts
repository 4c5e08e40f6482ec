/** The server in this process with its submission ports. */
import { createFailedAttempts } from "../../src/auth/failed-attempts.ts";
import { createAccountSettings } from "../../src/operations/account/settings.ts";
import { createListManagement } from "../../src/operations/sending/list-management.ts";
import { createSendingLimits } from "../../src/operations/sending/sending-limits.ts";
import type { SendingServices } from "../../src/operations/sending/sending-services.ts";
import { createTrackingChooser } from "../../src/operations/sending/tracking-choice.ts";
import { createTemplateCache } from "../../src/operations/templates/template-cache.ts";
import { openCertificate } from "../../src/smtp/certificate.ts";
import { type Submission, type SubmissionOptions, startSubmission } from "../../src/submission/start-submission.ts";
import { createSubscriptionLinks } from "../../src/subscriptions/subscription-links.ts";
import { type InProcessServer, startInProcess } from "./in-process-server.ts";
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
  const { database, outbox } = server;
  const links = createSubscriptionLinks(new Uint8Array(32), () => "http://localhost");
  const settings = createAccountSettings({ database, clock });
  const sending: SendingServices = {
    outbox,
    settings,
    templates: createTemplateCache({ database, clock }),
    lists: createListManagement({ database, links, clock }),
    tracking: createTrackingChooser(settings, () => "http://localhost"),
    clock,
    region: "us-east-1",
    limits: createSendingLimits({ database, clock }, options.limits ?? { perSecond: 0, perDay: 0 }),
    delivery: { mode: "capture", maxSeconds: 50_400 },
    verification: options.verification ?? "off",
  };
  const { log, logged } = recordingLog("error");
  const hostname = "mail.example.com";
  const submission = await startSubmission(
    {
      sending,
      verifySmtpLogin: async (user, password) =>
        user === smtpLogin.user && password === smtpLogin.pass ? { accessKeyId: user } : undefined,
      // For which time stands still: how many are too many does not hang on the machine's speed.
      failedAttempts: createFailedAttempts(() => new Date(0)),
      log,
    },
    {
      host: "127.0.0.1",
      smtpPort: 0,
      smtpsPort: 0,
      hostname,
      certificate: await openCertificate({ certificateFile: undefined, keyFile: undefined, hostname }),
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

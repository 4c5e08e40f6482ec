/** Opens the configured SMTP ports: those where clients submit mail, and the one that takes bounces and complaints. */
import type { Authentication } from "../access/authentication.ts";
import { createAccounts } from "../accounts/accounts.ts";
import { createFirstUse } from "../accounts/first-use.ts";
import { mailPortSettings } from "../config/mail-port-settings.ts";
import { ConfigError } from "../config/setting.ts";
import type { ForwardFeedback } from "../delivery/feedback/forward-feedback.ts";
import type { DnsResolver } from "../dns/resolver.ts";
import type { Outbox } from "../events/outbox.ts";
import { openCertificate, supplyCertificate } from "../mail-ports/certificate.ts";
import { startInbound } from "../mail-ports/inbound/start-inbound.ts";
import { startSubmission } from "../mail-ports/submission/start-submission.ts";
import type { SendingServices } from "../operations/sending/sending-services.ts";
import { isMailFromDomain } from "../stores/postgres/mail-from-domains.ts";
import type { Scope } from "../stores/postgres/scopes.ts";
import type { Closers } from "./open-stores.ts";
import type { ServerServices } from "./server-services.ts";

export interface MailPortRole extends ServerServices {
  outbox: Outbox;
  sendingOf: (scope: Scope) => SendingServices;
  auth: Authentication;
  forwardFeedback: ForwardFeedback;
  returnPathSecret: Uint8Array;
  resolver: DnsResolver;
}

/** The ports that listen; undefined for those that are off. */
export interface MailPorts {
  readonly smtp: number | undefined;
  readonly smtps: number | undefined;
  readonly bounces: number | undefined;
  /** Reloads the certificate's files. Rejects if they are unusable; the old certificate then stays in use. */
  renewCertificate(): Promise<void>;
}

/** Opens the ports; `closers` closes them. Throws a `ConfigError` if a port or the certificate is unusable. */
export async function startMailPorts(role: MailPortRole, closers: Closers): Promise<MailPorts> {
  const { config, stores, scopes, outbox, sendingOf, auth, log, clock, steadyClock, testControls } = role;
  const { hostname, returnPathDomain = hostname, smtpHost: host = config.host } = config;
  const source = { certificateFile: config.smtpCertificate, keyFile: config.smtpCertificateKey, hostname };
  const certificate = await supplyCertificate(source);
  const { verifySmtpLogin, failedAttempts, authentication } = auth;
  const firstUse = createFirstUse({ scopes, accounts: createAccounts({ ...stores, scopes, clock }) });
  const submission = await startSubmission(
    {
      ...{ sendingOf, scopes, verifySmtpLogin, failedAttempts, faults: testControls?.faults, log },
      accountScope: config.accountsFromKeys === "on" ? (id) => firstUse(id, config.region) : undefined,
    },
    { host, smtpPort: config.smtpPort, smtpsPort: config.smtpsPort, hostname, certificate, authentication },
  ).catch(portFailure(host, mailPortSettings.smtpPort.name, mailPortSettings.smtpsPort.name));
  closers.add(() => submission.close());
  // In capture mode no mail leaves, so no bounces arrive.
  const bouncePort = config.delivery === "capture" ? undefined : config.bouncePort;
  const inbound =
    bouncePort === undefined
      ? undefined
      : await startInbound(
          {
            stores,
            outbox,
            forwardFeedback: role.forwardFeedback,
            returnPathSecret: role.returnPathSecret,
            resolver: role.resolver,
            isReturnPathDomain: async (domain) =>
              domain === returnPathDomain || domain === hostname || (await isMailFromDomain(stores.database, domain)),
            maxAgeDays: config.keepEventDays,
            clock,
            steadyClock,
            log,
          },
          { host, port: bouncePort, hostname, certificate },
        ).catch(portFailure(host, mailPortSettings.bouncePort.name));
  if (inbound) closers.add(() => inbound.close());
  const ports = { smtp: submission.smtpPort, smtps: submission.smtpsPort, bounces: inbound?.port };
  log.info({ host, ...ports, authentication }, "listening on the SMTP ports");
  return {
    ...ports,
    async renewCertificate() {
      const renewed = await openCertificate(source);
      submission.renewCertificate(renewed);
      inbound?.renewCertificate(renewed);
    },
  };
}

/** Turns a system error into a `ConfigError` that names the settings. */
function portFailure(host: string, ...settings: string[]): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof Error && "syscall" in error)) throw error;
    throw new ConfigError(`${settings.join(" or ")}: can't listen on ${host} (${error.message}); \`off\` disables it`);
  };
}

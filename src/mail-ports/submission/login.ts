/** Logins of SMTP clients: with SES's SMTP credentials, or open to anybody. */
import type { FastifyBaseLogger } from "fastify";
import type { FailedAttempts } from "../../access/failed-attempts.ts";
import type { VerifySmtpLogin } from "../../access/smtp-credentials.ts";
import { replies } from "./replies.ts";

export interface Logins {
  /**
   * Resolves to the access key ID.
   * @throws SmtpRefusal if the credentials are wrong.
   */
  check(user: string, password: string, remoteAddress: string): Promise<string>;
}

/** Logins that require valid SMTP credentials. */
export function createLogins(services: {
  verifySmtpLogin: VerifySmtpLogin;
  failedAttempts: FailedAttempts;
  log: FastifyBaseLogger;
}): Logins {
  const { verifySmtpLogin, failedAttempts, log } = services;
  return {
    async check(user, password, remoteAddress) {
      const login = await verifySmtpLogin(user, password);
      if (login) return login.accessKeyId;
      log.info({ remoteAddress }, "an SMTP login was refused");
      throw failedAttempts.count(remoteAddress) ? replies.tooManyLogins() : replies.loginWrong();
    },
  };
}

/** Accepts any login. A user name in the form of an access key ID identifies the caller. */
export const anyLogin: Logins = {
  check: async (user) => (/^[\w-]{1,128}$/.test(user) ? user : anonymous),
};

/** The identity of callers without a name, as in the API. */
export const anonymous = "anonymous";

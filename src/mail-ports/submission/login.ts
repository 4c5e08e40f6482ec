/** Who hands mail in: SES's SMTP credentials, or anybody. */
import type { FastifyBaseLogger } from "fastify";
import type { FailedAttempts } from "../../access/failed-attempts.ts";
import type { VerifySmtpLogin } from "../../access/smtp-credentials.ts";
import { replies } from "./replies.ts";

/** Checks logins. */
export interface Logins {
  /**
   * Resolves to the access key id.
   * @throws SmtpRefusal where the credentials are wrong.
   */
  check(user: string, password: string, remoteAddress: string): Promise<string>;
}

/** Where callers must prove who they are. */
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

/** Where anybody may send: whatever is given is taken, and a user name that can be an access key id is the caller's. */
export const anyLogin: Logins = {
  check: async (user) => (/^[\w-]{1,128}$/.test(user) ? user : anonymous),
};

/** The caller where there is no name, as for the API. */
export const anonymous = "anonymous";

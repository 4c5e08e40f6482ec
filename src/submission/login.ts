/** Who hands mail in: SES's SMTP credentials, with a limit on guesses. */
import type { FastifyBaseLogger } from "fastify";
import { createAllowance } from "../smtp/allowance.ts";
import { clientOf } from "../smtp/client-address.ts";
import { replies } from "./replies.ts";

/** Checks a user name (an access key id) and an SMTP password; undefined where they are wrong. */
export type VerifySmtpLogin = (user: string, password: string) => Promise<{ accessKeyId: string } | undefined>;

/** Checks logins. */
export interface Logins {
  /**
   * Resolves to the access key id.
   * @throws SmtpRefusal where the credentials are wrong, or the client guessed too often.
   */
  check(user: string, password: string, remoteAddress: string): Promise<string>;
}

/** So many wrong logins of a client at once, then one each half minute. */
const guesses = { burst: 10, everyMs: 30_000 };

/** Where callers must prove who they are. */
export function createLogins(services: {
  verifySmtpLogin: VerifySmtpLogin;
  clock: () => Date;
  log: FastifyBaseLogger;
}): Logins {
  const { verifySmtpLogin, clock, log } = services;
  const allowance = createAllowance(guesses.burst, guesses.everyMs, clock);
  return {
    async check(user, password, remoteAddress) {
      const client = clientOf(remoteAddress);
      // Taken before the check, so that guesses at the same time count as well.
      if (!allowance.take(client)) throw replies.tooManyLogins();
      const key = await verifySmtpLogin(user, password);
      if (!key) {
        log.info({ client }, "an SMTP login was refused");
        throw replies.loginWrong();
      }
      allowance.giveBack(client);
      return key.accessKeyId;
    },
  };
}

/** Where anybody may send: whatever is given is taken, and a user name that can be an access key id is the caller's. */
export const anyLogin: Logins = {
  check: async (user) => (/^[\w-]{1,128}$/.test(user) ? user : anonymous),
};

/** The caller where there is no name, as for the API. */
export const anonymous = "anonymous";

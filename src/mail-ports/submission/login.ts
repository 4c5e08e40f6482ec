/** Logins of SMTP clients: with SES's SMTP credentials, or open to anybody. */
import type { FastifyBaseLogger } from "fastify";
import type { FailedAttempts } from "../../access/failed-attempts.ts";
import type { KeyRights } from "../../access/policies/key-rights.ts";
import type { VerifySmtpLogin } from "../../access/smtp-credentials.ts";
import { isAccountId } from "../../accounts/accounts.ts";
import type { Scopes } from "../../accounts/scopes.ts";
import type { Scope } from "../../stores/postgres/scopes.ts";
import { replies, replyTo } from "./replies.ts";

/** Who sends. */
export interface Submitter {
  /** An access key ID, or `anonymous`. */
  readonly name: string;
  /** The account and region in which the mail is sent. */
  readonly scope: Scope;
  /** What the access key may do; undefined for everything. */
  readonly rights?: KeyRights | undefined;
}

export interface Logins {
  /**
   * Resolves to the sender.
   * @throws SmtpRefusal if the credentials are wrong.
   */
  check(user: string, password: string, remoteAddress: string): Promise<Submitter>;
  /** The sender of mail without a login. */
  readonly anonymous: Submitter;
}

/** Logins that require valid SMTP credentials. */
export function createLogins(services: {
  verifySmtpLogin: VerifySmtpLogin;
  scopes: Pick<Scopes, "default" | "of">;
  failedAttempts: FailedAttempts;
  log: FastifyBaseLogger;
}): Logins {
  const { verifySmtpLogin, scopes, failedAttempts, log } = services;
  return {
    anonymous: { name: anonymous, scope: scopes.default },
    async check(user, password, remoteAddress) {
      const login = await verifySmtpLogin(user, password);
      const scope =
        login && (await scopes.of(login.operator ? scopes.default.accountId : login.accountId, login.region));
      if (scope) return { name: login.accessKeyId, scope, rights: login.rights };
      log.info({ remoteAddress }, "an SMTP login was refused");
      throw failedAttempts.count(remoteAddress) ? replies.tooManyLogins() : replies.loginWrong();
    },
  };
}

/**
 * Accepts any login. A user name in the form of an access key ID identifies the caller, who sends in this scope, or in
 * that of `scopeOf` if the name is the ID of an account.
 */
export function anyLogin(scope: Scope, scopeOf: (accountId: string) => Promise<Scope> = async () => scope): Logins {
  return {
    anonymous: { name: anonymous, scope },
    async check(user) {
      const name = /^[\w-]{1,128}$/.test(user) ? user : anonymous;
      try {
        return { name, scope: isAccountId(user) ? await scopeOf(user) : scope };
      } catch (error) {
        throw replyTo(error) ?? error;
      }
    },
  };
}

/** The identity of callers without a name, as in the API. */
const anonymous = "anonymous";

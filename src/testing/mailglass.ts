/** A server, as a test uses it. */
import { randomInt } from "node:crypto";
import { type ApiClient, type Credentials, MailglassError, messageOf } from "./api-client.ts";
import { Clock } from "./clock.ts";
import type { Answer } from "./request.ts";
import { TestAccount } from "./test-account.ts";

export interface AccountOptions {
  /** The region of its calls; the server's default one if unset. */
  readonly region?: string;
}

export interface MailglassOptions {
  readonly api: ApiClient;
  /** The server's default account, or that of the credentials. */
  readonly id: string;
  readonly credentials: Credentials;
  readonly smtpUrl: string | undefined;
  /** Ends the server; undefined if it was not started here. */
  readonly stop?: () => Promise<void>;
}

/** The server, and its default account. Tests that run at the same time take an account of their own: `account()`. */
export class Mailglass extends TestAccount {
  readonly clock: Clock;
  readonly #api: ApiClient;
  readonly #stop: () => Promise<void>;
  /** Accounts that their tests have released, the oldest first. */
  readonly #released: ApiClient[] = [];

  constructor({ stop = async () => {}, ...options }: MailglassOptions) {
    super(options);
    this.clock = new Clock(options.api);
    this.#api = options.api;
    this.#stop = stop;
  }

  /**
   * A fresh account: nothing belongs to it, and nobody else uses it. `release` (or `await using`) removes what it has.
   * When the server has as many accounts as it can have, the account that was released first is used again.
   */
  async account({ region = this.region }: AccountOptions = {}): Promise<TestAccount> {
    const api = await this.#freshAccount(region);
    const { account: id = "" } = api.options;
    const smtpUrl = this.smtpUrl === undefined || region !== this.region ? undefined : withLogin(this.smtpUrl, id);
    const credentials = { accessKeyId: id, secretAccessKey: "mailglass" };
    const released = async () => {
      await api.run("POST", "/testing/reset");
      this.#released.push(api);
    };
    return new TestAccount({ api, id, credentials, smtpUrl, released });
  }

  /** Ends the server if it was started here. Nothing of it is left. */
  async stop(): Promise<void> {
    await this.#stop();
  }

  override [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #freshAccount(region: string): Promise<ApiClient> {
    const api = this.#api.with({ account: accountId(), region });
    if (this.#api.options.credentials) {
      throw new Error(
        "Where authentication is required, there are no accounts from access keys: create an account and a key (docs/accounts.md), and connect with that key.",
      );
    }
    const { status, body } = await firstCall(api);
    if (status < 300) {
      await this.#check(api);
      return api;
    }
    const released = status === 400 ? this.#released.shift() : undefined;
    if (released === undefined) throw new MailglassError(messageOf(body, status), status);
    const again = released.with({ region });
    // It may never have been in this region.
    await firstCall(again);
    await again.run("POST", "/testing/reset");
    return again;
  }

  /** Whether the call has created the account. */
  async #check(api: ApiClient): Promise<void> {
    try {
      await api.run("GET", "/testing/messages/count");
    } catch (error) {
      if (!(error instanceof MailglassError && error.message.includes("There is no account"))) throw error;
      throw new Error(
        `The server at ${this.url} takes no accounts from access keys, so tests can't be kept apart. Start it with MAILGLASS_ACCOUNTS_FROM_KEYS=on.`,
        { cause: error },
      );
    }
  }
}

/** The first call of an account in a region creates it there. */
function firstCall(api: ApiClient): Promise<Answer> {
  const { account = "", region } = api.options;
  return api.with({ account: undefined }).ask("GET", "/v2/email/account", {
    headers: { authorization: unverifiedSignature(account, region) },
  });
}

function accountId(): string {
  return String(randomInt(1e11, 1e12));
}

/** An Authorization header that names an account and a region, for a server that verifies no signatures. */
function unverifiedSignature(account: string, region: string): string {
  const credential = `${account}/20260101/${region}/ses/aws4_request`;
  return `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=${"0".repeat(64)}`;
}

function withLogin(smtpUrl: string, account: string): string {
  const url = new URL(smtpUrl);
  url.username = account;
  url.password = "mailglass";
  return url.href.replace(/\/$/, "");
}

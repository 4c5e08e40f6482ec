/** An account in one region of a server, as a test uses it: nobody else's mail is in its inbox. */
import { randomBytes } from "node:crypto";
import type { ApiClient, Credentials } from "./api-client.ts";
import { Faults } from "./faults.ts";
import { Inbox } from "./inbox.ts";

/** Environment variables with which AWS SDKs and the AWS CLI call the server. */
export interface MailglassEnvironment {
  readonly AWS_ENDPOINT_URL_SES: string;
  readonly AWS_ENDPOINT_URL_SESV2: string;
  readonly AWS_ACCESS_KEY_ID: string;
  readonly AWS_SECRET_ACCESS_KEY: string;
  readonly AWS_REGION: string;
  readonly AWS_DEFAULT_REGION: string;
}

/** The options with which a client of the AWS SDK for JavaScript calls the server. */
export interface ClientConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Credentials;
}

export interface TestAccountOptions {
  readonly api: ApiClient;
  readonly id: string;
  readonly credentials: Credentials;
  /** Of the server's SMTP port, without a login; undefined if it has none. */
  readonly smtpUrl: string | undefined;
  /** Called once, by `release`. */
  readonly released?: () => Promise<void>;
}

export class TestAccount implements AsyncDisposable {
  /** Twelve digits. */
  readonly id: string;
  readonly region: string;
  /** The server's URL, such as `http://127.0.0.1:40123`. */
  readonly url: string;
  /** For SMTP clients that send in this account; undefined if the server has no SMTP port. */
  readonly smtpUrl: string | undefined;
  readonly env: MailglassEnvironment;
  /** For `new SESv2Client(…)` and `new SESClient(…)`. */
  readonly clientConfig: ClientConfig;
  /** What this account has sent. */
  readonly inbox: Inbox;
  /** What goes wrong for this account alone. */
  readonly faults: Faults;
  readonly #api: ApiClient;
  #released: (() => Promise<void>) | undefined;

  constructor({ api, id, credentials, smtpUrl, released }: TestAccountOptions) {
    const { url, region } = api.options;
    this.#api = api;
    this.#released = released;
    this.id = id;
    this.region = region;
    this.url = url;
    this.smtpUrl = smtpUrl;
    this.env = {
      AWS_ENDPOINT_URL_SES: url,
      AWS_ENDPOINT_URL_SESV2: url,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
    };
    this.clientConfig = { endpoint: url, region, credentials };
    this.inbox = new Inbox(api);
    this.faults = new Faults(api);
  }

  /** An address that no other test has, such as `ada.1f0c9a2b@example.com`. */
  address(name = "user"): string {
    return `${name}.${randomBytes(4).toString("hex")}@example.com`;
  }

  /** Removes everything that belongs to this account in this region: mail, resources, settings, faults. */
  async reset(): Promise<void> {
    await this.#api.run("POST", "/testing/reset");
  }

  /** Removes what the account has, once it is not used any more. */
  async release(): Promise<void> {
    const released = this.#released;
    this.#released = undefined;
    await released?.();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }
}

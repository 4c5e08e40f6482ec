/** Connects to a server that runs. */
import { ApiClient, type Credentials } from "./api-client.ts";
import { Mailglass } from "./mailglass.ts";

export interface ConnectOptions {
  /** Of the server's SMTP port, such as `smtp://127.0.0.1:1025`. */
  readonly smtpUrl?: string;
  /** An access key, where authentication is required. Calls are about its account. */
  readonly credentials?: Credentials;
  /** The region of the calls; needed with credentials if it is not `us-east-1`. */
  readonly region?: string;
}

/** The variable with the URL of the server for a run of tests; the setups of the test runners set and read it. */
export const urlVariable = "TEST_MAILGLASS_URL";
/** Likewise, of its SMTP port. */
export const smtpUrlVariable = "TEST_MAILGLASS_SMTP_URL";

/** Any key is accepted where none is required. This one names no account. */
const anyCredentials: Credentials = { accessKeyId: "mailglass", secretAccessKey: "mailglass" };
const anyRegion = "us-east-1";

/**
 * Connects to a running server.
 * @param url of the server; by default that of the variable TEST_MAILGLASS_URL, which the setups for test runners set
 */
export async function connectMailglass(
  url = process.env[urlVariable],
  options: ConnectOptions = {},
): Promise<Mailglass> {
  if (url === undefined || url === "") {
    throw new Error(
      `No server is named: give the URL of one, or set ${urlVariable}. The setup \`mailglass/testing/setup\` starts one for a run of tests.`,
    );
  }
  const { smtpUrl = process.env[smtpUrlVariable] } = options;
  return connect(new URL(url).origin, { ...options, smtpUrl });
}

/** Connects; `stop` ends the server. */
export async function connect(
  url: string,
  { smtpUrl, credentials, region, stop }: ConnectOptions & { stop?: () => Promise<void> },
): Promise<Mailglass> {
  const api = new ApiClient({ url, region: region ?? anyRegion, credentials });
  const own = await api.json<{ account: string; region: string }>("GET", "/admin/scopes");
  if ((await api.ask("GET", "/testing/messages/count")).status === 404) {
    throw new Error(`The server at ${url} has no testing API. Start it with MAILGLASS_TEST_ENDPOINTS=on.`);
  }
  return new Mailglass({
    api: api.with({ account: own.account, region: region ?? own.region }),
    id: own.account,
    credentials: credentials ?? anyCredentials,
    smtpUrl,
    stop,
  });
}

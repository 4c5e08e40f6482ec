/** Calls of the testing API and the admin API, for one account in one region. */
import { signedHeadersFor } from "../access/sign-request.ts";
import { type Answer, send } from "./request.ts";

/** An access key. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The server has refused a call. The message is the server's. */
export class MailglassError extends Error {
  override name = "MailglassError";
  /** The status of the answer. */
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

export interface ApiOptions {
  /** The server's URL, without a path. */
  readonly url: string;
  readonly region: string;
  /** Calls are about this account; undefined for that of the credentials, or the server's default one. */
  readonly account?: string | undefined;
  /** Calls are signed with this key; undefined where the server requires no authentication. */
  readonly credentials?: Credentials | undefined;
}

/** Parameters of a call. Those that are undefined are left out. */
export type Parameters = Readonly<Record<string, string | number | undefined>>;

export interface CallOptions {
  readonly parameters?: Parameters;
  /** Sent as JSON. */
  readonly content?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly silenceMs?: number;
  readonly signal?: AbortSignal | undefined;
}

export class ApiClient {
  readonly options: ApiOptions;

  constructor(options: ApiOptions) {
    this.options = options;
  }

  /** The same server for another account or region. */
  with(changes: Partial<ApiOptions>): ApiClient {
    return new ApiClient({ ...this.options, ...changes });
  }

  /** Calls; resolves to the JSON of the answer, in its documented form. Rejects with a `MailglassError`. */
  async json<Result>(method: string, path: string, options: CallOptions = {}): Promise<Result> {
    const { status, body } = await this.ask(method, path, options);
    if (status >= 300) throw new MailglassError(messageOf(body, status), status);
    return JSON.parse(body.toString());
  }

  /** Makes a call that is answered without content. Rejects with a `MailglassError`. */
  async run(method: string, path: string, options: CallOptions = {}): Promise<void> {
    const { status, body } = await this.ask(method, path, options);
    if (status >= 300) throw new MailglassError(messageOf(body, status), status);
  }

  /** Calls; resolves to the bytes of the answer. Rejects with a `MailglassError`. */
  async bytes(path: string): Promise<Buffer> {
    const { status, body } = await this.ask("GET", path);
    if (status >= 300) throw new MailglassError(messageOf(body, status), status);
    return body;
  }

  /** Calls; resolves to any answer. */
  ask(
    method: string,
    path: string,
    { parameters = {}, content, headers: given, ...rest }: CallOptions = {},
  ): Promise<Answer> {
    const { url: base, account, region, credentials } = this.options;
    const url = new URL(path, base);
    const all = { account, region: account === undefined ? undefined : region, ...parameters };
    for (const [name, value] of Object.entries(all)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const body = content === undefined ? "" : JSON.stringify(content);
    const key = credentials && { id: credentials.accessKeyId, secretAccessKey: credentials.secretAccessKey };
    const headers = {
      ...given,
      ...(content === undefined ? {} : { "content-type": "application/json" }),
      ...(key && signedHeadersFor({ method, url, body }, key, region, new Date())),
    };
    return send({ method, url, headers, body, ...rest });
  }
}

/** The server's message, in one of the forms that its APIs have. */
export function messageOf(body: Buffer, status: number): string {
  const content = jsonOf(body);
  return textIn(content, "message") ?? textIn(content, "Message") ?? `the server answered with status ${status}`;
}

/** The JSON of a body; undefined if it is none. */
function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

function textIn(content: unknown, name: string): string | undefined {
  if (typeof content !== "object" || content === null) return undefined;
  const value = Object.entries(content).find(([key]) => key === name)?.[1];
  return typeof value === "string" ? value : undefined;
}

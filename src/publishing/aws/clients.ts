/**
 * The SDK's clients of the AWS services that events are published to, or mirrored from. Endpoints and credentials come from
 * AWS's standard variables and files (`AWS_ENDPOINT_URL_SNS`, `AWS_ENDPOINT_URL`, `AWS_ACCESS_KEY_ID`, `AWS_PROFILE`, ...).
 */
import type { CloudWatch } from "@aws-sdk/client-cloudwatch";
import type { EventBridge } from "@aws-sdk/client-eventbridge";
import type { Firehose } from "@aws-sdk/client-firehose";
import type { S3 } from "@aws-sdk/client-s3";
import type { SESv2 } from "@aws-sdk/client-sesv2";
import type { SNS } from "@aws-sdk/client-sns";
import type { SQS } from "@aws-sdk/client-sqs";
import { BoundedMap } from "../../common/bounded-map.ts";
import { NoCredentials } from "./failure.ts";

export interface AwsClientOptions {
  /** How long a call may take, with its second attempt, in milliseconds; 10 s by default. */
  readonly callWithinMs?: number;
  /** How long to wait for credentials, in milliseconds; 5 s by default. */
  readonly credentialsWithinMs?: number;
}

export interface AwsClients {
  sns(region: string): Promise<SNS>;
  eventBridge(region: string): Promise<EventBridge>;
  firehose(region: string): Promise<Firehose>;
  cloudWatch(region: string): Promise<CloudWatch>;
  sqs(region: string): Promise<SQS>;
  s3(region: string): Promise<S3>;
  /** SES itself, of the mirror's accounts. */
  ses(region: string): Promise<SESv2>;
  /**
   * Makes a call with a deadline.
   * @param run makes the call with these options
   * @throws what the SDK throws, without secrets; `NoCredentials`; the signal's TimeoutError or its reason
   */
  call<Output>(client: AwsClient, run: (options: CallOptions) => Promise<Output>, limits?: CallLimits): Promise<Output>;
  /** Closes all connections. */
  close(): void;
}

/** The options of a call. */
export interface CallOptions {
  readonly abortSignal: AbortSignal;
}

/** What ends a call early. */
export interface CallLimits {
  /** The deadline in milliseconds, if it is not the usual one. */
  readonly withinMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface AwsClient {
  readonly config: { credentials(): Promise<Credentials> };
  destroy(): void;
}

interface Credentials {
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** Connections of a client to one host. */
const maxSockets = 25;
/** Regions with a client at a time: callers choose the ARNs, so there must be a limit. */
const regionsAtOnce = 20;
/** How long missing credentials count as missing. Asking again may take seconds. */
const missingForMs = 10_000;

/** Nothing is loaded or opened before the first call. */
export function createAwsClients(options: AwsClientOptions = {}): AwsClients {
  const { callWithinMs = 10_000, credentialsWithinMs = 5_000 } = options;
  const closers: (() => void)[] = [];
  let missing: { error: NoCredentials; until: number } | undefined;

  const optionsFor = (region: string) => ({
    region,
    // A second attempt helps if the server has just closed an idle connection; other retries are the publisher's.
    maxAttempts: 2,
    requestHandler: {
      connectionTimeout: Math.min(3_000, callWithinMs),
      socketTimeout: callWithinMs,
      httpAgent: { maxSockets },
      httpsAgent: { maxSockets },
    },
    customUserAgent: "mailglass",
  });

  /** One client for each region. */
  function perRegion<Client extends AwsClient>(make: (region: string) => Promise<Client>) {
    const clients = new BoundedMap<string, Promise<Client>>({
      capacity: regionsAtOnce,
      evicts: "least-recently-used",
      // A call may still use it. Its idle connections end by themselves.
    });
    closers.push(() => {
      for (const [, client] of clients) {
        // One that could not be made has nothing to close.
        client.then((client) => client.destroy()).catch(() => {});
      }
      clients.clear();
    });
    return (region: string): Promise<Client> => {
      const known = clients.get(region);
      if (known !== undefined) return known;
      const client = make(region);
      clients.set(region, client);
      return client;
    };
  }

  // The modules are large, and most servers need none or one of them.
  return {
    sns: perRegion(async (region) => new (await import("@aws-sdk/client-sns")).SNS(optionsFor(region))),
    eventBridge: perRegion(
      async (region) => new (await import("@aws-sdk/client-eventbridge")).EventBridge(optionsFor(region)),
    ),
    firehose: perRegion(async (region) => new (await import("@aws-sdk/client-firehose")).Firehose(optionsFor(region))),
    cloudWatch: perRegion(
      async (region) => new (await import("@aws-sdk/client-cloudwatch")).CloudWatch(optionsFor(region)),
    ),
    ses: perRegion(async (region) => new (await import("@aws-sdk/client-sesv2")).SESv2(optionsFor(region))),
    // Queue URLs name a host, too.
    sqs: perRegion(async (region) => {
      const useQueueUrlAsEndpoint = !hasOwnEndpoint("AWS_ENDPOINT_URL_SQS");
      return new (await import("@aws-sdk/client-sqs")).SQS({ ...optionsFor(region), useQueueUrlAsEndpoint });
    }),
    s3: perRegion(async (region) => {
      // Not every server that speaks S3 has a host name for each bucket, or knows the newer checksums.
      const forcePathStyle = hasOwnEndpoint("AWS_ENDPOINT_URL_S3");
      const responseChecksumValidation = "WHEN_REQUIRED";
      const { S3 } = await import("@aws-sdk/client-s3");
      return new S3({ ...optionsFor(region), forcePathStyle, responseChecksumValidation });
    }),
    async call(client, run, { withinMs = callWithinMs, signal } = {}) {
      signal?.throwIfAborted();
      const credentials = await credentialsOf(client, Math.min(withinMs, credentialsWithinMs));
      const timeout = AbortSignal.timeout(withinMs);
      const abortSignal = signal ? AbortSignal.any([timeout, signal]) : timeout;
      try {
        return await before(abortSignal, run({ abortSignal }));
      } catch (error) {
        throw withoutSecrets(error, credentials);
      }
    },
    close() {
      for (const close of closers) close();
    },
  };

  /** Waits for a bounded time: the SDK asks a machine's metadata service, which may not answer. */
  async function credentialsOf(client: AwsClient, withinMs: number): Promise<Credentials> {
    if (missing !== undefined && performance.now() < missing.until) throw missing.error;
    const signal = AbortSignal.timeout(withinMs);
    try {
      const credentials = await before(signal, client.config.credentials());
      missing = undefined;
      return credentials;
    } catch (cause) {
      const error = new NoCredentials(signal.aborted ? undefined : cause);
      missing = { error, until: performance.now() + missingForMs };
      throw error;
    }
  }
}

/** Whether the environment sets the endpoint of a service, by its variable such as `AWS_ENDPOINT_URL_SQS`. */
export function hasOwnEndpoint(variable: string): boolean {
  return Boolean(process.env[variable] || process.env.AWS_ENDPOINT_URL);
}

/** A service may repeat in its answer what it was sent. */
function withoutSecrets(error: unknown, { secretAccessKey, sessionToken }: Credentials): unknown {
  for (const secret of [secretAccessKey, sessionToken]) {
    if (secret && error instanceof Error && error.message.includes(secret)) {
      error.message = error.message.replaceAll(secret, "***");
    }
  }
  return error;
}

/** The result, unless the signal is aborted before: the SDK does not watch it between two attempts. */
async function before<Output>(signal: AbortSignal, result: Promise<Output>): Promise<Output> {
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([result, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** What webhooks need, made once per process. */
import type { FastifyBaseLogger } from "fastify";
import { ownSecret } from "../../access/sealing/own-secrets.ts";
import type { Sealer } from "../../access/sealing/sealer.ts";
import type { Database, ScopedDatabase } from "../../stores/postgres/database.ts";
import type { WebhookClient, WebhookClientOptions } from "./post.ts";
import { createSnsCertificate, type SnsCertificate } from "./sns-certificate.ts";
import { createTopics, type TopicOptions, type Topics } from "./topic.ts";

export interface WebhookServices {
  readonly database: Database;
  readonly sealer: Sealer;
  readonly client: WebhookClient;
  readonly topics: Topics;
  /** The certificate of SNS envelopes, which the first call makes. */
  readonly certificate: () => Promise<SnsCertificate>;
  readonly privateDestinations: "refuse" | "allow";
  /** The most events that are posted to one webhook at a time. */
  readonly connections: number;
  /** After how many days of failures only a webhook is disabled; 0: never. */
  readonly disableDays: number;
  /** Called after a change of webhooks by this process. */
  readonly changed: () => void;
  readonly clock: () => Date;
  /** The time that receivers compare with their own clock. */
  readonly machineClock: () => Date;
  readonly log: FastifyBaseLogger;
}

/** For the webhooks of one scope. */
export interface ScopedWebhookServices extends WebhookServices {
  readonly database: ScopedDatabase;
}

export type WebhookServicesOptions = Pick<
  WebhookServices,
  "connections" | "disableDays" | "changed" | "clock" | "log"
> &
  /** `clock` by default. */
  Partial<Pick<WebhookServices, "machineClock">> &
  WebhookClientOptions &
  Omit<TopicOptions, "key"> & { readonly stores: { readonly database: Database; readonly sealer: Sealer } };

/** Opens them; `client.close` closes them. */
export async function openWebhooks(options: WebhookServicesOptions): Promise<WebhookServices> {
  const { stores, privateDestinations, connections, disableDays, changed, clock, machineClock = clock, log } = options;
  return {
    ...stores,
    client: openAtFirstPost(options),
    topics: createTopics({ ...options, key: await ownSecret(stores, "webhook-links") }),
    certificate: createSnsCertificate(stores),
    privateDestinations,
    connections,
    disableDays,
    changed,
    clock,
    machineClock,
    log,
  };
}

/** The HTTP client takes long to load, which a server without webhooks does not need. */
function openAtFirstPost(options: WebhookClientOptions): WebhookClient {
  let opening: Promise<WebhookClient> | undefined;
  const open = async () => {
    const { createWebhookClient } = await import("./post.ts");
    return createWebhookClient(options);
  };
  return {
    async post(request) {
      opening ??= open();
      return (await opening).post(request);
    },
    async close() {
      await (await opening)?.close();
    },
  };
}

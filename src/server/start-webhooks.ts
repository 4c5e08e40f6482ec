/** Opens what posts to webhooks; `closers` closes it, after everything that is started later. */
import { webhookPrivateDestinations } from "../config/config.ts";
import type { DnsResolver } from "../dns/resolver.ts";
import { openWebhooks, type WebhookServices } from "../publishing/webhooks/webhook-services.ts";
import type { Closers } from "./open-stores.ts";
import type { ServerServices } from "./server-services.ts";

export interface WebhookRole extends ServerServices {
  resolver: DnsResolver;
  publicUrl: () => string;
}

export async function startWebhooks(role: WebhookRole, closers: Closers): Promise<WebhookServices> {
  const { config, stores, resolver, publicUrl, clock, log } = role;
  const webhooks = await openWebhooks({
    stores,
    resolver,
    publicUrl,
    region: config.region,
    accountId: config.accountId,
    privateDestinations: webhookPrivateDestinations(config),
    connections: config.webhookConnections,
    disableDays: config.webhookDisableDays,
    clock,
    log,
  });
  closers.add(() => webhooks.client.close());
  return webhooks;
}

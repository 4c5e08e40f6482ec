/** The services of webhooks on a test's database, without a server. */
import { createSealer } from "../../src/access/sealing/sealer.ts";
import {
  openWebhooks,
  type WebhookServices,
  type WebhookServicesOptions,
} from "../../src/publishing/webhooks/webhook-services.ts";
import type { Database } from "../../src/stores/postgres/database.ts";

/** Of the account 123456789012 in eu-west-1, with 16 connections, any destination, and disabling after 5 days. */
export function openTestWebhooks(
  database: Database,
  options: Pick<WebhookServicesOptions, "clock" | "log"> & Partial<WebhookServicesOptions>,
): Promise<WebhookServices> {
  return openWebhooks({
    stores: { database, sealer: createSealer(Buffer.alloc(32, "test")) },
    resolver: { addresses: async () => ({ records: [], secure: false }) },
    privateDestinations: "allow",
    region: "eu-west-1",
    accountId: "123456789012",
    publicUrl: () => "https://mail.example.com/",
    connections: 16,
    disableDays: 5,
    changed: () => {},
    ...options,
  });
}

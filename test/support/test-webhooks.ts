/** The services of webhooks on a test's database, without a server. */
import { createSealer } from "../../src/access/sealing/sealer.ts";
import {
  openWebhooks,
  type ScopedWebhookServices,
  type WebhookServicesOptions,
} from "../../src/publishing/webhooks/webhook-services.ts";
import type { ScopedDatabase } from "../../src/stores/postgres/database.ts";
import { nameDefaultScope } from "../../src/stores/postgres/scopes.ts";

/**
 * With 16 connections, any destination, and disabling after 5 days. The default account is then 123456789012, and its
 * region eu-west-1.
 */
export async function openTestWebhooks(
  database: ScopedDatabase,
  options: Pick<WebhookServicesOptions, "clock" | "log"> & Partial<WebhookServicesOptions>,
): Promise<ScopedWebhookServices> {
  await nameDefaultScope(database, { accountId: "123456789012", region: "eu-west-1" });
  const services = await openWebhooks({
    stores: { database, sealer: createSealer(Buffer.alloc(32, "test")) },
    resolver: { addresses: async () => ({ records: [], secure: false }) },
    privateDestinations: "allow",
    publicUrl: () => "https://mail.example.com/",
    connections: 16,
    disableDays: 5,
    changed: () => {},
    ...options,
  });
  return { ...services, database };
}

import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { databases } from "../../test/support/databases.ts";
import { deleteLeftovers, insertPublicationBatches, selectBacklogs } from "../stores/postgres/publication-batches.ts";
import { recordTargetResult, selectTargetStatuses } from "../stores/postgres/publication-targets.ts";

it.each(databases)("upkeep deletes what is left of deleted destinations and webhooks, with $name", async ({ open }) => {
  const database = await open();
  try {
    const ids = { set: randomUUID(), hook: randomUUID(), gone: randomUUID() };
    await database.query(
      "INSERT INTO configuration_sets (scope, name, sending_enabled, reputation_metrics_enabled, tags) VALUES (1, 'news', true, false, '[]')",
    );
    await database.query(
      `INSERT INTO event_destinations (id, scope, configuration_set, name, enabled, event_types, target)
       VALUES ($1, 1, 'news', 'a', false, '{}', '{}')`,
      [ids.set],
    );
    await database.query(
      `INSERT INTO webhooks (id, scope, name, url, envelope, signature_version, event_types, created_at)
       VALUES ($1, 1, 'a', 'https://a.example/', 'event', '1', '{}', now())`,
      [ids.hook],
    );
    const kept = [
      ...["bus", "bus@2", `destination:${ids.set}`, "identity:Bounce:example.com", "identity@2:Bounce:example.com"],
      `webhook:${ids.hook}`,
    ];
    const left = [`destination:${ids.gone}`, `destination:${ids.hook}`, `webhook:${ids.gone}`, `webhook:${ids.set}`];
    const at = new Date();
    const batch = {
      scope: database.scope,
      events: 1,
      bytes: 1,
      payload: Buffer.of(1),
      dueAt: at,
      tries: 1,
      createdAt: at,
    };
    for (const target of [...kept, ...left]) {
      await insertPublicationBatches(database, [{ ...batch, target }]);
      await recordTargetResult(database, { target, delivered: 1, discarded: 0, error: undefined, at });
    }
    await deleteLeftovers(database);
    expect((await selectBacklogs(database)).map(({ target }) => target)).toEqual(kept);
    expect((await selectTargetStatuses(database)).map(({ target }) => target)).toEqual(kept);
  } finally {
    await database.close();
  }
});

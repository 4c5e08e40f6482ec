/** Logs at the start what the stores have set aside: nothing else would tell people of it. */
import type { FastifyBaseLogger } from "fastify";
import { selectBrokenParts } from "../stores/clickhouse/damage.ts";
import type { EventDatabase } from "../stores/clickhouse/event-database.ts";
import type { Database } from "../stores/postgres/database.ts";
import { countRefusedEvents } from "../stores/postgres/outbox.ts";

/** Logs an error for broken parts of the event database, and one for events that it rejected. */
export async function tellDamage(
  { database, events }: { database: Database; events: EventDatabase },
  log: Pick<FastifyBaseLogger, "error">,
): Promise<void> {
  const parts = await selectBrokenParts(events);
  if (parts.length > 0) {
    log.error(
      { parts },
      "the event database is damaged: it has set these parts aside, and insights, searches and exports lack the events in them. Restore the folders from a backup; to give the events up, delete the folders",
    );
  }
  const refused = await countRefusedEvents(database);
  if (refused > 0) {
    log.error({ events: refused }, "the event database rejected events; GET /admin/refused-events shows them");
  }
}

/** What the event database has lost: ClickHouse sets parts that it can't read aside when it starts, and goes on without. */
import { number, object, string } from "valibot";
import type { EventDatabase } from "./event-database.ts";
import { selectRows } from "./select-rows.ts";

/** A part that was set aside. */
export interface BrokenPart {
  readonly table: string;
  readonly name: string;
  /** Its folder on the machine of the engine. */
  readonly path: string;
}

const partRow = object({ table: string(), name: string(), path: string() });
/** A comparison is UInt8 in ClickHouse. */
const lossRow = object({ lost: number() });

/** The broken parts of the database's tables. */
export async function selectBrokenParts(events: EventDatabase): Promise<BrokenPart[]> {
  if (events.isUnused()) return [];
  return selectRows(events.client, partRow, {
    sql: `SELECT table, name, path FROM system.detached_parts
      WHERE database = currentDatabase() AND ${broken} ORDER BY table, name`,
    what: "the list of broken parts",
  });
}

/**
 * Whether events of a message may be lost: a part of the events is broken, or its aggregated state is there although
 * none of its events is.
 * @param found the number of its events that were found; its first one is not among them
 */
export async function mayHaveLostEvents(events: EventDatabase, messageId: string, found: number): Promise<boolean> {
  if (events.isUnused()) return false;
  const rows = await selectRows(events.client, lossRow, {
    sql: `SELECT ({found:UInt64} = 0 AND (SELECT count() FROM message_states WHERE message_id = {messageId:String}) > 0)
        OR (SELECT count() FROM system.detached_parts
            WHERE database = currentDatabase() AND table = 'events' AND ${broken}) > 0 AS lost`,
    parameters: { messageId, found },
    what: "the answer about lost events",
  });
  return rows[0]?.lost === 1;
}

/** ClickHouse's reasons: `broken`, `broken-on-start`, `covered-by-broken`, ... Parts that people detached have none. */
const broken = "reason LIKE '%broken%'";

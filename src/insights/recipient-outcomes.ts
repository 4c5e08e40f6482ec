/** The latest outcomes of an account's mail by address; the migration of the event database describes the table. */
import { number, object, string } from "valibot";
import type { EventReader } from "./event-reader.ts";

/** Times in milliseconds; 0 for never. */
export interface RecipientOutcome {
  readonly deliveredAt: number;
  readonly bouncedAt: number;
}

const outcomeRow = object({ recipient: string(), delivered: number(), bounced: number() });

/**
 * The outcomes of mail sent at `since` or later to addresses, which must be in lower case. An address without any is
 * missing. The lookup uses the table's key: it reads a granule for each address and month.
 */
export async function selectRecipientOutcomes(
  reader: EventReader,
  { scope, recipients, since }: { scope: number; recipients: readonly string[]; since: Date },
): Promise<ReadonlyMap<string, RecipientOutcome>> {
  // No event has been recorded yet.
  if (reader.isUnused()) return new Map();
  const rows = await reader.rows(
    outcomeRow,
    `SELECT recipient, toUnixTimestamp64Milli(max(delivered_at)) AS delivered, toUnixTimestamp64Milli(max(bounced_at)) AS bounced
     FROM recipient_outcomes
     WHERE scope = {scope:UInt32} AND recipient IN {recipients:Array(String)}
       AND sent_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
     GROUP BY recipient`,
    { scope, recipients, since: since.getTime() },
  );
  return new Map(
    rows.map(({ recipient, delivered, bounced }) => [recipient, { deliveredAt: delivered, bouncedAt: bounced }]),
  );
}

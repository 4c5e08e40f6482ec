import { expect } from "vitest";
import type { Queryable } from "../../src/stores/postgres/database.ts";
import { eventually } from "./eventually.ts";

/** Waits until all events committed so far were routed and sent, or given up: nothing more will come of them. */
export async function allPublished({ database }: { database: Queryable }): Promise<void> {
  await eventually(async () => {
    const [waiting] = await database.query(
      `SELECT (SELECT count(*) FROM publications WHERE routed_at IS NULL)::integer AS unrouted,
         (SELECT count(*) FROM publication_batches)::integer AS batches`,
    );
    expect(waiting).toEqual({ unrouted: 0, batches: 0 });
  });
}

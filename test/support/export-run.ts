/** Runs an export without its worker, for tests of what is in its file. */

import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { ShownKinds } from "../../src/events/message-state.ts";
import type { MessageInsightsSource } from "../../src/jobs/exports/data-source.ts";
import { type ExportRun, runExport } from "../../src/jobs/exports/run-export.ts";
import type { EventDatabase } from "../../src/stores/clickhouse/event-database.ts";
import { openFolder } from "../../src/stores/objects/folder.ts";
import { defaultScope } from "../../src/stores/postgres/database.ts";

const folder = await mkdtemp(join(tmpdir(), "mailglass-exports-"));
const objects = await openFolder(folder, { sync: false });
/** Runs an export, of all messages unless told otherwise, and reads its file. */
export async function exported(
  events: EventDatabase,
  run: Partial<ExportRun> & Partial<ShownKinds> & { maxRows?: number },
) {
  const { messages: kinds = "all", machines = "apart", maxRows = 10_000, ...given } = run;
  const services = {
    events,
    objects,
    openBucket: async () => objects,
    messages: kinds,
    machines,
    maxRows,
  };
  const result = await runExport(services, {
    jobId: "job",
    scope: defaultScope,
    createdAt: new Date("2026-11-23T12:34:56Z"),
    run: "run",
    source: messages({}),
    format: "JSON",
    destination: undefined,
    finishing: async () => {},
    signal: new AbortController().signal,
    progress: () => {},
    ...given,
  });
  const file = await objects.read(result.objectKey);
  return { ...result, file: file ? await text(file) : "" };
}

/** Messages of this decade, with what is given. */
export function messages(given: Partial<MessageInsightsSource>): MessageInsightsSource {
  return {
    type: "MESSAGE_INSIGHTS",
    start: new Date("2020-01-01T00:00:00Z"),
    end: new Date("2030-01-01T00:00:00Z"),
    include: undefined,
    exclude: undefined,
    maxResults: undefined,
    ...given,
  };
}

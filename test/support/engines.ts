/** The engines of a test run, from the side of the test files: engines.setup.ts starts each when a test first asks. */
import { inject } from "vitest";

/**
 * `pglite` answers the path of a dumped PGlite folder, `chromium` the WebSocket endpoint of a browser, `program` the path of
 * the program in a bundle, the others the URL of a server.
 */
export type EngineName = "postgres" | "pglite" | "clickhouse" | "chromium" | "program";

/** The database on the PostgreSQL server that fresh ones are copied from: migrated, and nobody connected. */
export const serverTemplate = "mailglass_template";

/** Where the engine is; starts it if this is the run's first test to ask. */
export async function whereIs(engine: EngineName): Promise<string> {
  const answer = await fetch(`${inject("engines")}/${engine}`);
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return text;
}

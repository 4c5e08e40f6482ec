/** The program as tests run it in processes of their own. */
import { join } from "node:path";
import { lateTiering } from "../../src/stores/postgres/wasm-tiering.ts";

/** The environment variable with the URL where `GET /program` answers the path of the test run's bundle. */
export const enginesVariable = "TEST_ENGINES";

/**
 * The command and its first arguments. In a test run it is a bundle, which the first to ask waits for; elsewhere, such as in
 * benchmarks, `src/main.ts`.
 */
export async function programCommand(): Promise<[string, ...string[]]> {
  const engines = process.env[enginesVariable];
  if (engines === undefined) return [process.execPath, join(import.meta.dirname, "../../src/main.ts")];
  const answer = await fetch(`${engines}/program`);
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return [process.execPath, lateTiering, text];
}

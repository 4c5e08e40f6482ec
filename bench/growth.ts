/**
 * How the time of exports grows with the data: microseconds per message with a twentieth and a quarter of the messages
 * and with all, after their parts have merged. The reference is the smallest size.
 */
import { removeFolder, temporaryFolder } from "../test/support/server-process.ts";
import { dayMs, days, type Measured, mergeAll, timeServer } from "./export-measure.ts";
import { type Figure, figureOf } from "./figure.ts";
import { generateInto, preparedFolder } from "./generated-events.ts";
import { startUncapped } from "./simulated-server.ts";

export const name = "growth";
export const description =
  "Time per message of exports as the data grows twentyfold; --count is the largest number of messages.";
export const defaultCount = 20_000_000;

/** Messages of one insert: fewer and larger inserts than the recorder's, since the parts are merged anyway. */
const perInsert = 100_000;

/**
 * Throws if an export lacks rows.
 * @param prepared a folder that keeps the generated data for later runs with the same count
 */
export async function* run(count: number, prepared?: string): AsyncGenerator<Figure> {
  const smallest = new Map<string, number>();
  for (const messages of [Math.ceil(count / 20), Math.ceil(count / 4), count]) {
    const rounds = messages === count ? 1 : 3;
    const asked = (["CSV", "JSON", "metrics"] as const).map((what): Measured => ({ what, rounds }));
    const dataDir = await temporaryFolder();
    try {
      await preparedFolder(dataDir, { prepared, name: `growth-${messages}` }, async (folder) => {
        // Both stores must belong to one installation.
        await (await startUncapped(folder)).stop();
        const end = new Date(Math.floor(Date.now() / dayMs) * dayMs);
        await generateInto(folder, { messages, days, end, perInsert });
        await mergeAll(folder);
      });
      const times = await timeServer(dataDir, messages, asked);
      for (const { what } of asked) {
        const each = (times[what] / messages) * 1e6;
        const reference = smallest.get(what) ?? each;
        smallest.set(what, reference);
        yield figureOf({
          bench: name,
          figure: `${what} of ${messages} messages`,
          ours: each,
          reference,
          unit: "us/message",
        });
      }
    } finally {
      await removeFolder(dataDir);
    }
  }
}

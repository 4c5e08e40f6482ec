/** GetMessageInsights with 10,000 and with 1,000,000 messages in the store. */
import { GetMessageInsightsCommand } from "@aws-sdk/client-sesv2";
import { removeFolder, temporaryFolder } from "../test/support/server-process.ts";
import { exportJson } from "./export-job.ts";
import { type Figure, figureOf } from "./figure.ts";
import { quantile } from "./http-load.ts";
import { simulateInto, startUncapped } from "./simulated-server.ts";

export const name = "insights";
export const description = "GetMessageInsights, median and 99th percentile, with 10,000 and with 1,000,000 messages.";

const calls = 1_000;
const seed = 1;
const days = 60;

/** Throws if a message has no insights. */
export async function* run(): AsyncGenerator<Figure> {
  const small = await latencies(10_000);
  const large = await latencies(1_000_000);
  for (const [what, part] of [
    ["median", 0.5],
    ["99th percentile", 0.99],
  ] as const) {
    const figure = `GetMessageInsights, ${what}, with 1,000,000 messages beside 10,000`;
    const ours = quantile(large, part);
    yield figureOf({ bench: name, figure, ours, reference: quantile(small, part), unit: "ms" });
  }
}

async function latencies(messages: number): Promise<Float64Array> {
  const dataDir = await temporaryFolder();
  try {
    await simulateInto(dataDir, messages, days, seed);
    const server = await startUncapped(dataDir);
    try {
      const client = server.client();
      const all = { StartDate: new Date(0), EndDate: new Date(), MaxResults: Math.min(messages, calls) };
      const sample = await exportJson<{ messageid: string }>(client, { MessageInsightsDataSource: all });
      const ids = sample.map(({ messageid }) => messageid);
      const times = new Float64Array(calls);
      for (let call = 0; call < calls + 100; call++) {
        const begun = performance.now();
        const { Insights } = await client.send(new GetMessageInsightsCommand({ MessageId: ids[call % ids.length] }));
        if (!Insights?.[0]?.Events?.length) throw new Error("a message has no insights");
        // The first hundred requests warm up.
        if (call >= 100) times[call - 100] = performance.now() - begun;
      }
      return times.sort();
    } finally {
      await server.stop();
    }
  } finally {
    await removeFolder(dataDir);
  }
}

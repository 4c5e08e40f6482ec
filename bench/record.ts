/** From acknowledged to readable: how a concurrent export affects that and SendEmail. `simulate` measures throughput. */
import { setTimeout as delay } from "node:timers/promises";
import { GetMessageInsightsCommand } from "@aws-sdk/client-sesv2";
import { removeFolder, temporaryFolder } from "../test/support/server-process.ts";
import { timeExport } from "./export-job.ts";
import { type Figure, figureOf, median } from "./figure.ts";
import { quantile, runLoad } from "./http-load.ts";
import { simulateInto, startUncapped } from "./simulated-server.ts";

export const name = "record";
export const description = "The lag from acknowledged to readable, and SendEmail's latency, while an export runs.";

const stored = 500_000;
const requests = 10_000;
const connections = 8;
const everything = { MessageInsightsDataSource: { StartDate: new Date(0), EndDate: new Date(2 ** 42) } };

/** Throws if acknowledged events can't be read. */
export async function* run(): AsyncGenerator<Figure> {
  const dataDir = await temporaryFolder();
  try {
    await simulateInto(dataDir, stored, 30, 1);
    const server = await startUncapped(dataDir);
    try {
      const client = server.client();
      await load(server.url);
      const alone = await load(server.url);
      const quiet = await lag(client, alone.lastId);
      let exporting = true;
      const exports = (async () => {
        let count = 0;
        while (exporting) {
          await timeExport(client, everything, "CSV");
          count++;
        }
        return count;
      })();
      await delay(500);
      const meanwhile = await load(server.url);
      const busy = await lag(client, meanwhile.lastId);
      exporting = false;
      if ((await exports) < 1) throw new Error("no export ran meanwhile");
      yield figure("SendEmail, median while an export runs, beside without", meanwhile.median, alone.median, "ms");
      yield figure(
        "SendEmails a second while an export runs, beside without",
        meanwhile.rate,
        alone.rate,
        "requests/s",
      );
      yield figure("lag until an export sees it, while exports run, beside without", busy, quiet, "ms");
    } finally {
      await server.stop();
    }
  } finally {
    await removeFolder(dataDir);
  }
}

function figure(what: string, ours: number, reference: number, unit: string): Figure {
  return figureOf({ bench: name, figure: what, ours, reference, unit });
}

async function load(url: string) {
  const { hostname, port } = new URL(url);
  let lastId = "";
  const result = await runLoad({
    host: hostname,
    port: Number(port),
    connections,
    requests,
    request: sendRequest,
    onAnswer(status, body) {
      if (status !== 200) throw new Error(`SendEmail answered ${status}: ${body}`);
      const answer: { MessageId: string } = JSON.parse(body);
      lastId = answer.MessageId;
    },
  });
  return { lastId, median: quantile(result.latencies, 0.5), rate: requests / result.seconds };
}

function sendRequest(index: number): Buffer {
  const body = JSON.stringify({
    FromEmailAddress: "sender@example.com",
    Destination: { ToAddresses: [`user${index}@gmail.com`] },
    Content: {
      Simple: { Subject: { Data: `Message ${index}` }, Body: { Text: { Data: "Hello there.\n".repeat(80) } } },
    },
  });
  const head = "POST /v2/email/outbound-emails HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
  return Buffer.from(`${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

/** Milliseconds that a metric waits for just acknowledged events. Also checks that insights have them immediately. */
async function lag(
  client: ReturnType<Awaited<ReturnType<typeof startUncapped>>["client"]>,
  id: string,
): Promise<number> {
  await client.send(new GetMessageInsightsCommand({ MessageId: id }));
  const times: number[] = [];
  for (let round = 0; round < 3; round++) {
    const recent = { StartDate: new Date(Date.now() - 60_000), EndDate: new Date(Date.now() + 60_000), MaxResults: 1 };
    times.push((await timeExport(client, { MessageInsightsDataSource: recent }, "CSV")).seconds * 1000);
  }
  return median(times);
}

/**
 * The time from SendEmail's answer until a test holds the message, with 100 and with 10,000 others in the inbox:
 * with `waitFor` of `mailglass/testing`, compared with reading aws-ses-v2-local's `/store` until it has the message.
 * Both servers run in their own processes; rounds alternate.
 */
import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { type Mailglass, startMailglass } from "../src/testing/index.ts";
import { type Figure, figureOf, median } from "./figure.ts";
import { type ReferenceServer, startAwsSesV2Local } from "./reference-server.ts";

export const name = "wait";
export const description = "Milliseconds from SendEmail's answer to waitFor's message, beside reading /store.";

const inboxes = [100, 10_000];
const filledAtOnce = 50;
const warmUp = 20;
const rounds = 200;

/** Sends a mail to this address; resolves once it is answered. */
type Send = (to: string) => Promise<unknown>;

/** Throws if a message is not found. */
export async function* run(): AsyncGenerator<Figure> {
  await using mailglass = await startMailglass();
  const emulator = await startAwsSesV2Local();
  try {
    const ours = sender(new SESv2Client(mailglass.clientConfig));
    const theirs = sender(new SESv2Client({ ...mailglass.clientConfig, endpoint: emulator.url }));
    for (const messages of inboxes) {
      for (const send of [ours, theirs]) await fill(send, messages);
      const begunBefore: number[] = [];
      const begunAfter: number[] = [];
      const polled: number[] = [];
      for (let round = -warmUp; round < rounds; round++) {
        const to = `round-${round}-of-${messages}@example.com`;
        const times = [
          await waitBegunBefore(mailglass, ours, `before-${to}`),
          await waitBegunAfter(mailglass, ours, `after-${to}`),
          await readStore(emulator, theirs, to),
        ];
        if (round < 0) continue;
        for (const [index, list] of [begunBefore, begunAfter, polled].entries()) list.push(times[index] ?? Number.NaN);
      }
      const figure = (what: string, mine: number[], quantile: (values: readonly number[]) => number) =>
        figureOf({
          bench: name,
          figure: `${messages} others, wait begun ${what}`,
          ours: quantile(mine),
          reference: quantile(polled),
          unit: "ms",
        });
      yield figure("before the send, median", begunBefore, median);
      yield figure("before the send, p99", begunBefore, p99);
      yield figure("after the answer, median", begunAfter, median);
      yield figure("after the answer, p99", begunAfter, p99);
    }
  } finally {
    await emulator.stop();
  }
}

function sender(client: SESv2Client): Send {
  return (to) =>
    client.send(
      new SendEmailCommand({
        FromEmailAddress: "shop@example.com",
        Destination: { ToAddresses: [to] },
        Content: {
          Simple: {
            Subject: { Data: "Your code" },
            Body: { Text: { Data: `Your code is 482913.\n${"A line of text.\n".repeat(60)}` } },
          },
        },
      }),
    );
}

async function fill(send: Send, messages: number): Promise<void> {
  let next = 0;
  const some = async () => {
    while (next < messages) await send(`earlier-${next++}@example.com`);
  };
  await Promise.all(Array.from({ length: filledAtOnce }, some));
}

async function waitBegunBefore({ inbox }: Mailglass, send: Send, to: string): Promise<number> {
  const waiting = inbox.waitFor({ to });
  const found = waiting.then(() => performance.now());
  await send(to);
  const answered = performance.now();
  // The message may be there before the answer to the send.
  return Math.max(0, (await found) - answered);
}

async function waitBegunAfter({ inbox }: Mailglass, send: Send, to: string): Promise<number> {
  await send(to);
  const answered = performance.now();
  await inbox.waitFor({ to });
  return performance.now() - answered;
}

async function readStore({ url }: ReferenceServer, send: Send, to: string): Promise<number> {
  await send(to);
  const answered = performance.now();
  for (;;) {
    const response = await fetch(`${url}/store`);
    const { emails }: { emails: { destination: { to: string[] } }[] } = JSON.parse(await response.text());
    if (emails.some(({ destination }) => destination.to.includes(to))) return performance.now() - answered;
  }
}

function p99(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? Number.NaN;
}

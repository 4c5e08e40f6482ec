/**
 * Mail submitted over SMTP, committed before the reply: with a connection for each message, as most clients do, beside
 * connections that are kept. Both alternate on one server with the same client; a figure is the median of rounds.
 */
import { setTimeout as delay } from "node:timers/promises";
import { GetAccountCommand } from "@aws-sdk/client-sesv2";
import { freePort } from "../test/support/free-port.ts";
import { startServer } from "../test/support/server-process.ts";
import { mimeOf } from "./bench-mail.ts";
import { runChild } from "./child-sink.ts";
import { type Figure, figureOf, median } from "./figure.ts";

export const name = "smtp";
export const description =
  "Messages a second over SMTP with a connection for each, beside connections that are kept, 20 at a time and 1.";
export const defaultCount = 5_000;

const rounds = 3;
/** One connection at a time waits for each round trip, so it sends fewer in the same time. */
const cases = [
  { loops: 20, share: 1 },
  { loops: 1, share: 0.3 },
];
/** Our recorder still moves events after the last reply; this must not slow down the next round. */
const restMs = 1_000;

/** Throws if a message is refused, or the server has not recorded each once. */
export async function* run(count: number): AsyncGenerator<Figure> {
  const port = await freePort();
  await using server = await startServer({ environment: { MAILGLASS_SMTP_PORT: String(port) } });
  let sent = 0;
  const load = async (loops: number, messages: number, how: "connect" | "keep") => {
    const seconds = await runChild("smtp-load.ts", [port, loops, messages, how], mimeOf());
    if (Number.isNaN(seconds)) throw new Error("the load ended early");
    sent += messages;
    await delay(restMs);
    return messages / seconds;
  };
  for (const { loops, share } of cases) {
    const messages = Math.ceil(count * share);
    for (const how of ["connect", "keep"] as const) await load(loops, Math.ceil(messages / 3), how);
    const measured = { connect: [] as number[], keep: [] as number[] };
    for (let round = 0; round < rounds; round++) {
      for (const how of ["connect", "keep"] as const) measured[how].push(await load(loops, messages, how));
    }
    yield figureOf({
      bench: name,
      figure: `a connection for each message, ${loops} at a time, beside connections that are kept`,
      ours: median(measured.connect),
      reference: median(measured.keep),
      unit: "messages/s",
    });
  }
  const { SendQuota } = await server.client().send(new GetAccountCommand({}));
  if (SendQuota?.SentLast24Hours !== sent) {
    throw new Error(`the account says ${SendQuota?.SentLast24Hours} were sent, and ${sent} were`);
  }
}

import { setTimeout as delay } from "node:timers/promises";
import { generateDkimKey } from "../src/mail/dkim/keys.ts";
import { freePort } from "../test/support/free-port.ts";
import { startServer } from "../test/support/server-process.ts";
import { mimeOf } from "./bench-mail.ts";
import { arrived, type ChildSink, runChild, startChildSink, type TakenCount } from "./child-sink.ts";
import { startDurablePostgres } from "./durable-postgres.ts";
import { type Figure, figureOf, median } from "./figure.ts";
import { postfixWithOpenDkimMissing, startPostfixWithOpenDkim } from "./postfix-opendkim.ts";
import { createSigningIdentity, startDnsWithKey } from "./signing-identity.ts";

export const name = "relay";
export const description =
  "Messages a second from SMTP to a relay, signed, with PostgreSQL and fsync, beside Postfix with OpenDKIM.";
export const defaultCount = 2_000;

const rounds = 3;
const clientConnections = 20;
const relayConnections = 20;
const restMs = 1_000;

/** Throws if a message is refused, does not arrive once, or arrives without a signature. */
export async function* run(count: number): AsyncGenerator<Figure> {
  const missing = postfixWithOpenDkimMissing();
  if (missing !== undefined) {
    console.error(`Skipping the bench ${name}: ${missing}.`);
    return;
  }
  const key = await generateDkimKey(2048);
  await using sink = await startChildSink("smtp-sink.ts");
  await using database = await startDurablePostgres();
  const dns = await startDnsWithKey(key);
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => dns.close());
  const port = await freePort();
  await using server = await startServer({
    environment: {
      MAILGLASS_POSTGRES_URL: database.url,
      MAILGLASS_SMTP_PORT: String(port),
      MAILGLASS_DELIVERY: "relay",
      MAILGLASS_RELAY_URL: `smtp://127.0.0.1:${sink.port}`,
      MAILGLASS_DELIVERY_CONNECTIONS: String(relayConnections),
      MAILGLASS_MX_CONNECTIONS: String(relayConnections),
      MAILGLASS_DNS_SERVERS: dns.address,
      MAILGLASS_LOG_LEVEL: "warn",
    },
  });
  await createSigningIdentity(server, key);
  const pem = key.export({ type: "pkcs8", format: "pem" }).toString();
  await using postfix = await startPostfixWithOpenDkim({
    ...{ relayPort: sink.port, connections: relayConnections, pem },
  });
  const measured = new Map([
    [port, [] as number[]],
    [postfix.port, [] as number[]],
  ]);
  for (const to of measured.keys()) await relay(to, sink, Math.ceil(count / 5));
  for (let round = 0; round < rounds; round++) {
    for (const [to, rates] of measured) {
      rates.push(await relay(to, sink, count));
      await delay(restMs);
    }
  }
  const { taken, signed } = await sink.ask<TakenCount>("count");
  if (signed !== taken) throw new Error(`${taken} messages arrived, and ${signed} of them were signed`);
  yield figureOf({
    bench: name,
    figure: "SMTP to a relay with PostgreSQL and fsync, beside Postfix, both signed",
    ours: median(measured.get(port) ?? []),
    reference: median(measured.get(postfix.port) ?? []),
    unit: "messages/s",
  });
}

/** Sends messages to a port and resolves to how many a second arrived. */
async function relay(port: number, sink: ChildSink, count: number): Promise<number> {
  const before = (await sink.ask<TakenCount>("count")).taken;
  const begun = Date.now();
  const seconds = await runChild("smtp-load.ts", [port, clientConnections, count, "keep"], mimeOf());
  if (Number.isNaN(seconds)) throw new Error("the load ended early");
  const last = await arrived(sink, before + count, "messages");
  return count / ((last - begun) / 1000);
}

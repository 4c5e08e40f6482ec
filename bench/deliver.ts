/**
 * Mail end to end: accepted through the API over 32 connections (committed before the response), queued, signed,
 * delivered to an SMTP server on loopback, and its delivery recorded. Alternates with a bare nodemailer pool to the
 * same server with the same mail, key and number of connections; a figure is the median of rounds. Time is measured
 * from the first request to the last message that the receiving server accepted.
 */
import { setTimeout as delay } from "node:timers/promises";
import { GetAccountCommand } from "@aws-sdk/client-sesv2";
import { generateDkimKey } from "../src/mail/dkim/keys.ts";
import { type ServerProcess, startServer } from "../test/support/server-process.ts";
import { sendEmailRequest } from "./bench-mail.ts";
import { arrived, type ChildSink, runChild, startChildSink, type TakenCount } from "./child-sink.ts";
import { type Figure, figureOf, median } from "./figure.ts";
import { runLoad } from "./http-load.ts";
import { createSigningIdentity, startDnsWithKey } from "./signing-identity.ts";

export const name = "deliver";
export const description =
  "Messages a second from SendEmail to the receiving server, signed and recorded, beside a bare nodemailer pool.";
export const defaultCount = 10_000;

const rounds = 3;
const httpConnections = 32;
const smtpConnections = 50;
/** The target: messages per hour on two cores. */
const goalPerHour = 700_000;

/** Throws if a message is rejected, or does not arrive. */
export async function* run(messages: number): AsyncGenerator<Figure> {
  const warmUp = Math.ceil(messages / 5);
  const key = await generateDkimKey(2048);
  await using sink = await startChildSink("smtp-sink.ts");
  const dns = await startDnsWithKey(key);
  try {
    await using server = await startServer({
      environment: {
        MAILGLASS_DELIVERY: "relay",
        MAILGLASS_RELAY_URL: `smtp://127.0.0.1:${sink.port}`,
        MAILGLASS_DELIVERY_CONNECTIONS: String(smtpConnections),
        MAILGLASS_MX_CONNECTIONS: String(smtpConnections),
        MAILGLASS_DNS_SERVERS: dns.address,
        MAILGLASS_LOG_LEVEL: "warn",
      },
    });
    await createSigningIdentity(server, key);
    const pem = key.export({ type: "pkcs8", format: "pem" }).toString();
    await deliverOurs(server, sink, warmUp);
    await deliverByPool(sink, pem, warmUp);
    const ours: number[] = [];
    const pool: number[] = [];
    const accepted: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const { perSecond, acceptedPerSecond } = await deliverOurs(server, sink, messages);
      ours.push(perSecond);
      accepted.push(acceptedPerSecond);
      await delay(1_000);
      pool.push(await deliverByPool(sink, pem, messages));
    }
    const unit = "messages/s";
    yield figureOf({
      bench: name,
      figure: "delivered end to end, beside a bare nodemailer pool",
      ours: median(ours),
      reference: median(pool),
      unit,
    });
    yield figureOf({
      bench: name,
      figure: "accepted while delivering, beside delivered end to end",
      ours: median(accepted),
      reference: median(ours),
      unit,
    });
    yield figureOf({
      bench: name,
      figure: "delivered in an hour, beside the goal",
      ours: median(ours) * 3600,
      reference: goalPerHour,
      unit: "messages/h",
    });
    const { taken, signed } = await sink.ask<TakenCount>("count");
    if (signed !== taken) throw new Error(`${taken} messages arrived, and ${signed} of them were signed`);
    // A result counts only if the server recorded it, too.
    const { SendQuota } = await server.client().send(new GetAccountCommand({}));
    const sent = messages * rounds + warmUp;
    if (SendQuota?.SentLast24Hours !== sent) {
      throw new Error(`the account says ${SendQuota?.SentLast24Hours} were sent, and ${sent} were`);
    }
  } finally {
    await dns.close();
  }
}

async function deliverOurs(
  server: ServerProcess,
  sink: ChildSink,
  count: number,
): Promise<{ perSecond: number; acceptedPerSecond: number }> {
  const { hostname, port, host } = new URL(server.url);
  const before = (await sink.ask<TakenCount>("count")).taken;
  const begun = Date.now();
  const { seconds, statuses } = await runLoad({
    host: hostname,
    port: Number(port),
    connections: httpConnections,
    requests: count,
    request: (n) => sendEmailRequest(host, n),
  });
  if (statuses.get(200) !== count) throw new Error(`not all were accepted: ${JSON.stringify([...statuses])}`);
  const last = await arrived(sink, before + count, "messages");
  return { perSecond: count / ((last - begun) / 1000), acceptedPerSecond: count / seconds };
}

async function deliverByPool(sink: ChildSink, pem: string, count: number): Promise<number> {
  const before = (await sink.ask<TakenCount>("count")).taken;
  const seconds = await runChild("nodemailer-pool.ts", [sink.port, smtpConnections, count], pem);
  await arrived(sink, before + count, "messages");
  return count / seconds;
}

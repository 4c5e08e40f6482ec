/**
 * Mail end to end: accepted through the API over 32 connections (committed before the response), queued, signed,
 * delivered to an SMTP server on loopback, and its delivery recorded. Alternates with a bare nodemailer pool to the
 * same server with the same mail, key and number of connections; a figure is the median of rounds. Time is measured
 * from the first request to the last message that the receiving server accepted.
 */
import { setTimeout as delay } from "node:timers/promises";
import { CreateEmailIdentityCommand, GetAccountCommand, GetEmailIdentityCommand } from "@aws-sdk/client-sesv2";
import { keyRecord, keyRecordName } from "../src/mail/dkim/key-record.ts";
import { dkimKeyBytes, generateDkimKey, publicKeyText } from "../src/mail/dkim/keys.ts";
import { startDnsServer } from "../test/support/dns-server.ts";
import { type ServerProcess, startServer } from "../test/support/server-process.ts";
import { benchMail, sendEmailRequest } from "./bench-mail.ts";
import { arrived, type ChildSink, runChild, startChildSink, type TakenCount } from "./child-sink.ts";
import { type Figure, figureOf, median } from "./figure.ts";
import { runLoad } from "./http-load.ts";

export const name = "deliver";
export const description =
  "Messages a second from SendEmail to the receiving server, signed and recorded, beside a bare nodemailer pool.";

const messages = Number(process.env.BENCH_MESSAGES ?? 10_000);
const rounds = 3;
const httpConnections = 32;
const smtpConnections = 50;
/** The target: messages per hour on two cores. */
const goalPerHour = 700_000;

/** Throws if a message is rejected, or does not arrive. */
export async function* run(): AsyncGenerator<Figure> {
  const key = await generateDkimKey(2048);
  await using sink = await startChildSink("smtp-sink.ts");
  const dns = await startDnsServer({
    [keyRecordName(benchMail.selector, benchMail.domain)]: {
      TXT: [keyRecord(publicKeyText(key)).match(/.{1,255}/g) ?? []],
    },
  });
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
    await createIdentity(server, dkimKeyBytes(key).toString("base64"));
    const pem = key.export({ type: "pkcs8", format: "pem" }).toString();
    await deliverOurs(server, sink, messages / 5);
    await deliverByPool(sink, pem, messages / 5);
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
    // A result counts only if the server recorded it, too.
    const { SendQuota } = await server.client().send(new GetAccountCommand({}));
    const sent = messages * rounds + messages / 5;
    if (SendQuota?.SentLast24Hours !== sent) {
      throw new Error(`the account says ${SendQuota?.SentLast24Hours} were sent, and ${sent} were`);
    }
  } finally {
    await dns.close();
  }
}

/** Creates the identity whose key signs; resolves once the server has found its DNS record. */
async function createIdentity(server: ServerProcess, privateKey: string): Promise<void> {
  const client = server.client();
  await client.send(
    new CreateEmailIdentityCommand({
      EmailIdentity: benchMail.domain,
      DkimSigningAttributes: { DomainSigningSelector: benchMail.selector, DomainSigningPrivateKey: privateKey },
    }),
  );
  for (let tries = 0; tries < 300; tries++) {
    const { DkimAttributes } = await client.send(new GetEmailIdentityCommand({ EmailIdentity: benchMail.domain }));
    if (DkimAttributes?.Status === "SUCCESS") return;
    await delay(100);
  }
  throw new Error("the server did not find the DKIM record");
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

/**
 * Mail end to end: accepted through the API over 32 connections (committed before the response), queued, signed,
 * delivered to an SMTP server on loopback, and its delivery recorded. Alternates with a bare nodemailer pool to the
 * same server with the same mail, key and number of connections; a figure is the median of rounds. Time is measured
 * from the first request to the last message that the receiving server accepted.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { CreateEmailIdentityCommand, GetAccountCommand, GetEmailIdentityCommand } from "@aws-sdk/client-sesv2";
import { keyRecord, keyRecordName } from "../src/mail/dkim/key-record.ts";
import { dkimKeyBytes, generateDkimKey, publicKeyText } from "../src/mail/dkim/keys.ts";
import { startDnsServer } from "../test/support/dns-server.ts";
import { type ServerProcess, startServer } from "../test/support/server-process.ts";
import { benchMail } from "./bench-mail.ts";
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
  await using sink = await startSink();
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
  sink: Sink,
  count: number,
): Promise<{ perSecond: number; acceptedPerSecond: number }> {
  const { hostname, port, host } = new URL(server.url);
  const before = (await sink.count()).taken;
  const begun = Date.now();
  const { seconds, statuses } = await runLoad({
    host: hostname,
    port: Number(port),
    connections: httpConnections,
    requests: count,
    request: (n) => requestBytes(host, n),
  });
  if (statuses.get(200) !== count) throw new Error(`not all were accepted: ${JSON.stringify([...statuses])}`);
  const last = await arrived(sink, before + count);
  return { perSecond: count / ((last - begun) / 1000), acceptedPerSecond: count / seconds };
}

/** Resolves to the time at which the last of `count` messages was accepted. */
async function arrived(sink: Sink, count: number): Promise<number> {
  for (let waited = 0; waited < 120_000; waited += 50) {
    const { taken, last } = await sink.count();
    if (taken > count) throw new Error(`${taken - count} messages were delivered twice`);
    if (taken === count) return last;
    await delay(50);
  }
  throw new Error(`${count - (await sink.count()).taken} messages did not arrive`);
}

async function deliverByPool(sink: Sink, pem: string, count: number): Promise<number> {
  const before = (await sink.count()).taken;
  const file = join(import.meta.dirname, "nodemailer-pool.ts");
  const child = spawn(process.execPath, [file, String(sink.port), String(smtpConnections), String(count)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.end(pem);
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
  });
  await once(child, "close");
  await arrived(sink, before + count);
  return count / Number(printed);
}

function requestBytes(host: string, n: number): Buffer {
  const { from, recipient, subject, text, html } = benchMail;
  const body = JSON.stringify({
    FromEmailAddress: from,
    Destination: { ToAddresses: [recipient(n)] },
    Content: { Simple: { Subject: { Data: subject }, Body: { Text: { Data: text }, Html: { Data: html } } } },
  });
  const head = [
    "POST /v2/email/outbound-emails HTTP/1.1",
    `host: ${host}`,
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
    "",
    "",
  ].join("\r\n");
  return Buffer.from(head + body);
}

interface Sink extends AsyncDisposable {
  readonly port: number;
  count(): Promise<{ taken: number; last: number }>;
}

async function startSink(): Promise<Sink> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "smtp-sink.ts")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const killLeftover = () => child.kill("SIGKILL");
  process.once("exit", killLeftover);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error("the receiving server ended");
    return String(value);
  };
  const port = Number((await next()).replace("port ", ""));
  return {
    port,
    async count() {
      child.stdin.write("count\n");
      return JSON.parse(await next());
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await once(child, "close");
      process.off("exit", killLeftover);
    },
  };
}

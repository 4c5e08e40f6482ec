/** The server in this process with the port where mail comes back. */
import { randomUUID } from "node:crypto";
import { createFeedbackForwarder } from "../../src/delivery/feedback/forward-feedback.ts";
import { complaintToken, returnPathOf } from "../../src/delivery/return-path.ts";
import { DnsError } from "../../src/dns/dns-error.ts";
import { supplyCertificate } from "../../src/mail-ports/certificate.ts";
import type { InboundServices } from "../../src/mail-ports/inbound/start-inbound.ts";
import { startInbound } from "../../src/mail-ports/inbound/start-inbound.ts";
import { type InProcessServer, startInProcess } from "./in-process-server.ts";
import { recordingLog } from "./recording-log.ts";
import { send, simple } from "./sent-mail.ts";
import { openSmtp } from "./smtp-socket.ts";

/** The domain that bounces come back to. */
export const returnDomain = "bounces.example.com";
const hostname = "mail.example.com";
const secret = Buffer.alloc(32, "return paths");

/** A server, and where mail comes back to it. */
export interface InboundServer {
  readonly server: InProcessServer;
  readonly port: number;
  /** The key of its return paths. */
  readonly secret: Uint8Array;
  /** Mail that was forwarded to senders. */
  readonly forwarded: readonly { from: string; to: string; mime: Uint8Array }[];
  /** What the port logged. */
  readonly logged: readonly string[];
  /** A message that was sent to an address that nothing was sent to before, and the return path of a recipient. */
  sent(input?: Parameters<typeof simple>[0], recipientIndex?: number): Promise<Sent>;
  /** Hands a mail in; resolves to the reply to the first command that was refused, else to the message's. */
  deliver(to: string | readonly string[], mail: string | Uint8Array, from?: string): Promise<string>;
  /** The TXT records of DKIM keys. A name that fails for now has none, but `undefined`. */
  readonly keys: Map<string, string | undefined>;
  close(): Promise<void>;
}

/** A message that was sent. */
export interface Sent {
  readonly id: string;
  readonly recipient: string;
  readonly returnPath: string;
  /** The token in the header of the message. */
  readonly token: string;
}

/** Starts both. `feedback`: whether identities want bounces forwarded. */
export async function startInboundServer(
  options: { feedback?: boolean; outbox?: InboundServices["outbox"]; clock?: () => Date } = {},
): Promise<InboundServer> {
  const clock = options.clock ?? (() => new Date());
  const server = await startInProcess({ environment: { MAILGLASS_EXPORT_WORKERS: "0" }, clock });
  const { log, logged } = recordingLog("info");
  const forwarded: { from: string; to: string; mime: Uint8Array }[] = [];
  const keys = new Map<string, string | undefined>();
  const inbound = await startInbound(
    {
      resolver: {
        async txt(name) {
          const record = keys.get(name);
          if (record === undefined && keys.has(name)) throw new DnsError(`${name} can't be looked up`);
          return { records: record === undefined ? [] : [record], secure: false };
        },
      },
      stores: server,
      outbox: options.outbox ?? server.outbox,
      forwardFeedback: createFeedbackForwarder({
        stores: server,
        mailer: { send: async (mail) => void forwarded.push(mail) },
        wantsFeedback: async () => options.feedback ?? false,
        hostname,
        log,
      }).forward,
      returnPathSecret: secret,
      isReturnPathDomain: (domain) => domain === returnDomain,
      maxAgeDays: 400,
      clock,
      log,
    },
    {
      host: "127.0.0.1",
      port: 0,
      hostname,
      certificate: await supplyCertificate({ certificateFile: undefined, keyFile: undefined, hostname }),
    },
  );
  return {
    server,
    port: inbound.port,
    secret,
    keys,
    forwarded,
    logged,
    async sent(input, recipientIndex = 0) {
      // A hard bounce or complaint suppresses its address.
      const recipient = `user-${randomUUID()}@gmail.com`;
      const id = await send(server, simple({ Destination: { ToAddresses: [recipient] }, ...input }));
      const path = { messageId: id, recipientIndex };
      const returnPath = returnPathOf(path, returnDomain, secret);
      return { id, recipient, returnPath, token: complaintToken(path, secret) };
    },
    async deliver(to, mail, from = "") {
      await using smtp = await openSmtp(inbound.port);
      for (const command of [`MAIL FROM:<${from}>`, ...[to].flat().map((one) => `RCPT TO:<${one}>`), "DATA"]) {
        const reply = await smtp.ask(`${command}\r\n`);
        if (!/^[23]/.test(reply)) return reply;
      }
      const text = typeof mail === "string" ? Buffer.from(mail.replaceAll(/\r?\n/g, "\r\n")) : mail;
      smtp.write(Buffer.from(Buffer.from(text).toString("latin1").replace(/^\./gm, ".."), "latin1"));
      // Awaited here: what is disposed of at the end is the connection.
      return await smtp.ask("\r\n.\r\n");
    },
    async close() {
      await inbound.close();
      await server.close();
    },
  };
}

/**
 * The reference of the delivery benchmark: only nodemailer's pool, with the same mail, the same DKIM key and the same
 * number of connections, recording nothing. It runs in its own process: `node nodemailer-pool.ts PORT CONNECTIONS
 * MESSAGES`, with the private key on standard input. It prints the seconds.
 */
import { text } from "node:stream/consumers";
import { createTransport } from "nodemailer";
import { benchMail } from "./bench-mail.ts";

const [port, connections, messages] = process.argv.slice(2).map(Number);
if (port === undefined || connections === undefined || messages === undefined) throw new Error("three numbers");
const transport = createTransport({
  pool: true,
  host: "127.0.0.1",
  port,
  ignoreTLS: true,
  maxConnections: connections,
  maxMessages: Number.POSITIVE_INFINITY,
  dkim: { domainName: benchMail.domain, keySelector: benchMail.selector, privateKey: await text(process.stdin) },
});
const begun = performance.now();
let next = 0;
// Enough messages wait to keep all connections busy; submitting all at once would only take memory.
await Promise.all(
  Array.from({ length: connections * 2 }, async () => {
    while (next < messages) {
      const { from, subject, text: plain, html } = benchMail;
      await transport.sendMail({ from, to: benchMail.recipient(next++), subject, text: plain, html });
    }
  }),
);
console.log(String((performance.now() - begun) / 1000));
transport.close();

/**
 * What the delivery bench is measured against: nodemailer's pool and nothing else, with the same mail, the same DKIM key,
 * the same number of connections, and no record of anything. A process of its own: `node nodemailer-pool.ts PORT
 * CONNECTIONS MESSAGES`, the private key on standard input. It prints the seconds that it took.
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
// Enough of them wait that no connection ever does; all of them at once would only take memory.
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

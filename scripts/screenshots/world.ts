/** A server with demo data: weeks of simulated traffic, and mail, lists and jobs of a fictional shop. */
import { setTimeout as delay } from "node:timers/promises";
import { startDnsServer } from "../../test/support/dns-server.ts";
import { startReceivingServer } from "../../test/support/receiving-server.ts";
import { startServer } from "../../test/support/server-process.ts";
import { fillIdentities } from "./fill-identities.ts";
import { fillJobs } from "./fill-jobs.ts";
import { fillLists } from "./fill-lists.ts";
import { fillMail, refusals } from "./fill-mail.ts";

/** The running server and messages to show. */
export interface World extends AsyncDisposable {
  /** The server's URL. */
  readonly url: string;
  /** IDs of a newsletter that was opened and clicked, and of a mail that bounced. */
  readonly newsletter: string;
  readonly bounced: string;
}

/** Starts the server; resolves once all its activity is complete. */
export async function startWorld(): Promise<World> {
  await using stack = new AsyncDisposableStack();
  const relay = stack.use(await startReceivingServer());
  relay.rcpt = (recipient) => refusals[recipient.split("@")[1] ?? ""];
  const dns = stack.adopt(await startDnsServer({ "mail.shop.example.com": { A: ["192.0.2.25"] } }), (one) =>
    one.close(),
  );
  const server = stack.use(
    await startServer({
      environment: {
        MAILGLASS_DELIVERY: "relay",
        MAILGLASS_RELAY_URL: `smtp://127.0.0.1:${relay.port}`,
        MAILGLASS_IDENTITY_VERIFICATION: "off",
        MAILGLASS_HOSTNAME: "mail.shop.example.com",
        MAILGLASS_DNS_SERVERS: dns.address,
        MAILGLASS_CONTACT_LISTS: "3",
        MAILGLASS_LOG_LEVEL: "warn",
      },
    }),
  );
  const client = server.client();
  await simulate(server.url);
  await fillIdentities(server.url, client, dns.zone);
  await fillLists(server.url, client);
  const messages = await fillMail(server.url, client);
  await fillJobs(client);
  // Deliveries and the recorder need time; nothing else waits for them.
  await delay(3_000);
  const owned = stack.move();
  return { url: server.url, ...messages, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function simulate(server: string): Promise<void> {
  const answer = await fetch(`${server}/admin/simulations`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ messages: 24_000, days: 40, seed: 7 }),
  });
  const told = await answer.text();
  if (!told.includes('"done":true')) throw new Error(`the simulation failed: ${told.slice(-200)}`);
}

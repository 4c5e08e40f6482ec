import { afterAll, beforeAll, expect, it } from "vitest";
import { startWebhookReceiver, type WebhookReceiver } from "../../../test/support/webhook-receiver.ts";
import { createGuardedConnector } from "../../publishing/webhooks/guarded-connector.ts";
import { createGetter, type Getter, getWithinMs } from "./get.ts";

let receiver: WebhookReceiver;
const getters: Getter[] = [];

beforeAll(async () => {
  receiver = await startWebhookReceiver();
});
afterAll(async () => {
  for (const getter of getters) await getter.close();
  await receiver.close();
});

/** A getter that resolves every name to this machine. */
function getterThat(privateDestinations: "refuse" | "allow"): Getter {
  const resolver = { addresses: async () => ({ records: ["127.0.0.1"], secure: false }) };
  const getter = createGetter(createGuardedConnector({ resolver, privateDestinations, timeoutMillis: getWithinMs }));
  getters.push(getter);
  return getter;
}

const url = () => `http://sns.eu-west-1.amazonaws.com:${receiver.port}/SimpleNotificationService-1.pem`;

it("does not connect to private addresses, whatever name resolves to them", async () => {
  const { get } = getterThat("refuse");
  await expect(get(url())).rejects.toThrow("not a public address");
  await expect(get(`http://127.0.0.1:${receiver.port}/`)).rejects.toThrow("not a public address");
  expect(receiver.seen.connections).toBe(0);
});

it("does not follow redirects, and refuses long responses", async () => {
  const { get } = getterThat("allow");
  receiver.answer = (_post, response) =>
    response.writeHead(302, { location: `${receiver.url}/other` }).end("elsewhere");
  expect(await get(url())).toEqual({ status: 302, text: "elsewhere" });
  expect(receiver.received.map(({ path }) => path)).toEqual(["/SimpleNotificationService-1.pem"]);
  receiver.answer = (_post, response) => response.writeHead(200).end("x".repeat(100_000));
  await expect(get(url())).rejects.toThrow("too long");
});

/** Dedicated IP addresses from their registration to the mail that leaves from them, and their warm-up over days. */
import {
  CreateConfigurationSetCommand,
  CreateDedicatedIpPoolCommand,
  CreateEmailIdentityCommand,
  GetDedicatedIpCommand,
  PutDedicatedIpInPoolCommand,
  PutDedicatedIpWarmupAttributesCommand,
} from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { ipsCommand } from "../src/commands/ips/command.ts";
import { readConfig } from "../src/config/config.ts";
import { type DnsServer, startDnsServer } from "./support/dns-server.ts";
import { eventually } from "./support/eventually.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { type ReceivingServer, startReceivingServer } from "./support/receiving-server.ts";
import { insightsOf, send, simple, told } from "./support/sent-mail.ts";

let dns: DnsServer;
let receiving: ReceivingServer;
let server: InProcessServer;
/** Real time, moved on by tests. */
let aheadMs = 0;

beforeAll(async () => {
  receiving = await startReceivingServer("127.0.0.5");
  dns = await startDnsServer({
    "receiver.example": { A: ["127.0.0.5"] },
    "2.0.0.127.in-addr.arpa": { PTR: ["out2.sender.example"] },
    "out2.sender.example": { A: ["127.0.0.2"] },
  });
  server = await startInProcess({
    clock: () => new Date(Date.now() + aheadMs),
    environment: {
      MAILGLASS_DELIVERY: "mx",
      MAILGLASS_MX_PORT: String(receiving.port),
      MAILGLASS_PRIVATE_DESTINATIONS: "allow",
      MAILGLASS_DNS_SERVERS: dns.address,
      MAILGLASS_IDENTITY_VERIFICATION: "off",
      MAILGLASS_HOSTNAME: "mail.sender.example",
      MAILGLASS_EXPORT_WORKERS: "0",
    },
  });
});
afterAll(async () => {
  await server?.close();
  await receiving?.[Symbol.asyncDispose]();
  await dns?.close();
});
beforeEach(() => {
  receiving.taken.length = 0;
});

/** Runs `mailglass ips` against the server. */
async function ips(...args: string[]): Promise<{ code: number; output: string; errors: string }> {
  const lines = { output: [] as string[], errors: [] as string[] };
  const log = vi.spyOn(console, "log").mockImplementation((line) => void lines.output.push(line));
  const error = vi.spyOn(console, "error").mockImplementation((line) => void lines.errors.push(line));
  try {
    const code = await ipsCommand(args, readConfig({ MAILGLASS_PORT: new URL(server.url).port }));
    return { code, output: lines.output.join("\n"), errors: lines.errors.join("\n") };
  } finally {
    log.mockRestore();
    error.mockRestore();
  }
}

const mailTo = (address: string, ConfigurationSetName?: string) =>
  send(server, simple({ Destination: { ToAddresses: [address] }, ConfigurationSetName }));
const clients = () => receiving.taken.map(({ client }) => `${client.address} ${client.name}`);
/** The addresses that the worker knows change within a second: mail is sent until it leaves from where it should. */
async function eventuallyFrom(client: string, set?: string): Promise<void> {
  await eventually(async () => {
    const to = `probe-${crypto.randomUUID()}@receiver.example`;
    await mailTo(to, set);
    await eventually(() => expect(receiving.taken.some((mail) => mail.to.includes(to))).toBe(true));
    const mail = receiving.taken.find((one) => one.to.includes(to));
    expect(`${mail?.client.address} ${mail?.client.name}`).toBe(client);
  });
}

it("explains itself, and refuses what it can't do", async () => {
  expect(await ips("--help")).toMatchObject({ code: 0, output: expect.stringMatching(/^usage: mailglass ips add/) });
  for (const args of [[], ["lease"], ["add"], ["add", "127.0.0.2"], ["remove"], ["list", "--all"]]) {
    expect(await ips(...args)).toMatchObject({ code: 2, output: "" });
  }
  expect(await ips("add", "203.0.113.9", "--ehlo", "out.sender.example")).toEqual({
    code: 1,
    output: "",
    errors: expect.stringContaining("203.0.113.9 is not an address of this machine."),
  });
  expect(await ips("remove", "127.0.0.2")).toMatchObject({
    code: 1,
    errors: "mailglass ips: The address 127.0.0.2 is not registered.",
  });
});

it("sends from registered addresses under their names, and again from the server's own once they are removed", async () => {
  await mailTo("before@receiver.example");
  await eventually(() => expect(clients()).toEqual(["127.0.0.1 mail.sender.example"]));
  expect((await ips("add", "127.0.0.2", "--ehlo", "out2.sender.example")).output.split("\n")).toEqual([
    "127.0.0.2 is registered for the account 000000000000 in us-east-1, in the pool ses-default-dedicated-pool.",
    "Warm-up: IN_PROGRESS, 0 %, 0 of 50 messages today.",
  ]);
  const third = await ips("add", "127.0.0.3", "--ehlo", "out3.sender.example");
  expect(third.output).toContain(
    "Reverse DNS: mismatch. 127.0.0.3 has no PTR record; receivers expect out3.sender.example",
  );
  await server.client.send(new CreateDedicatedIpPoolCommand({ PoolName: "news" }));
  await server.client.send(new PutDedicatedIpInPoolCommand({ Ip: "127.0.0.3", DestinationPoolName: "news" }));
  for (const [ConfigurationSetName, SendingPoolName] of [
    ["of-news", "news"],
    ["of-shared", "ses-shared-pool"],
  ] as const) {
    const DeliveryOptions = { SendingPoolName };
    await server.client.send(new CreateConfigurationSetCommand({ ConfigurationSetName, DeliveryOptions }));
  }
  await eventuallyFrom("127.0.0.2 out2.sender.example");
  await eventuallyFrom("127.0.0.3 out3.sender.example", "of-news");
  await eventuallyFrom("127.0.0.1 mail.sender.example", "of-shared");
  const { output } = await ips("list");
  expect(output).toMatch(/^ADDRESS +ACCOUNT +REGION +EHLO +POOL +WARM-UP +BOUND +REVERSE DNS\n/);
  expect(output).toMatch(
    /\n127\.0\.0\.2 .* ses-default-dedicated-pool .* IN_PROGRESS, 0 %, \d+ of 50 .* yes +ok(\n|$)/,
  );
  expect(output).toMatch(/\n127\.0\.0\.3 .* news .* yes +mismatch$/);

  await ips("remove", "127.0.0.3");
  await eventuallyFrom("127.0.0.2 out2.sender.example", "of-news");
  await ips("remove", "127.0.0.2");
  await eventuallyFrom("127.0.0.1 mail.sender.example", "of-news");
});

it("sends no more from an address on a day than its warm-up allows, and the rest from the server's own", async () => {
  await ips("add", "127.0.0.4", "--ehlo", "out4.sender.example");
  await eventuallyFrom("127.0.0.4 out4.sender.example");
  const ofDay = async (messages: number) => {
    const before = receiving.taken.length;
    await Promise.all(Array.from({ length: messages }, (_, n) => mailTo(`user-${n}@receiver.example`)));
    await expect.poll(() => receiving.taken.length).toBe(before + messages);
    return clients().filter((client) => client.startsWith("127.0.0.4")).length;
  };
  const first = await ofDay(60);
  // Those that were sent until the address was known count, too.
  expect(first).toBe(50);
  receiving.taken.length = 0;
  aheadMs += 24 * 3600_000;
  expect(await ofDay(70)).toBe(57);
  const ip = { Ip: "127.0.0.4" };
  expect((await server.client.send(new GetDedicatedIpCommand(ip))).DedicatedIp?.WarmupPercentage).toBe(2);
  await server.client.send(new PutDedicatedIpWarmupAttributesCommand({ ...ip, WarmupPercentage: 100 }));
  await eventuallyFrom("127.0.0.4 out4.sender.example");
  receiving.taken.length = 0;
  expect(await ofDay(20)).toBe(20);
});

it("waits without a bounce while no address of its pool is on this machine, and leaves once one is", async () => {
  await server.client.send(new CreateDedicatedIpPoolCommand({ PoolName: "gone" }));
  expect((await ips("add", "203.0.113.9", "--ehlo", "out9.sender.example", "--unbound")).output).toContain(
    "This server's machine does not have the address",
  );
  await server.client.send(new PutDedicatedIpInPoolCommand({ Ip: "203.0.113.9", DestinationPoolName: "gone" }));
  const DeliveryOptions = { SendingPoolName: "gone" };
  await server.client.send(new CreateConfigurationSetCommand({ ConfigurationSetName: "of-gone", DeliveryOptions }));
  let id = "";
  await eventually(async () => {
    id = await mailTo("waits@receiver.example", "of-gone");
    await eventually(async () => expect((told(await insightsOf(server, id))[0]?.[1] ?? []).length).toBe(2));
    expect(told(await insightsOf(server, id))[0]?.[1]).toEqual([["SEND"], ["DELIVERY_DELAY"]]);
  });
  await server.client.send(new PutDedicatedIpInPoolCommand({ Ip: "127.0.0.4", DestinationPoolName: "gone" }));
  // The first retries may come before the worker knows of the other address.
  const events = async () => (told(await insightsOf(server, id))[0]?.[1] ?? []).map(([type]) => type);
  for (let known = 2; known < 8 && (await events()).at(-1) !== "DELIVERY"; known++) {
    aheadMs += 2 * 3600_000;
    await eventually(async () => expect((await events()).length).toBeGreaterThan(known));
  }
  expect((await events()).filter((type) => type !== "DELIVERY_DELAY")).toEqual(["SEND", "DELIVERY"]);
  expect(receiving.taken.findLast(({ to }) => to.includes("waits@receiver.example"))?.client.address).toBe("127.0.0.4");
});

it("names public addresses in the SPF record to publish, and no others", async () => {
  await server.client.send(new CreateEmailIdentityCommand({ EmailIdentity: "sender.example" }));
  for (const address of ["8.8.4.4", "2001:4860:4860::8844", "10.0.0.1"]) {
    expect(await ips("add", address, "--ehlo", "out.sender.example", "--unbound")).toMatchObject({ code: 0 });
  }
  const { records } = (await server.app.inject("/admin/identities/sender.example/dns")).json();
  const values = records.map(({ value }: { value: string }) => value);
  expect(values).toContain("v=spf1 a:mail.sender.example ip6:2001:4860:4860::8844 ip4:8.8.4.4 ~all");
});

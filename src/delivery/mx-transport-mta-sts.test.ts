import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Authority, createAuthority } from "../../test/support/certificates.ts";
import { type DnsServer, startDnsServer } from "../../test/support/dns-server.ts";
import { type MxDelivery, startMxDelivery } from "../../test/support/mx-delivery.ts";
import { failureOf, outcomeOf, outgoingMail } from "../../test/support/outgoing-mail.ts";
import { type PolicyServer, startPolicyServer } from "../../test/support/policy-server.ts";
import { type SecureMailServer, startSecureMailServer } from "../../test/support/secure-mail-server.ts";

let authority: Authority;
let dns: DnsServer;
let mail: SecureMailServer;
let policy: PolicyServer;
const made: MxDelivery[] = [];

const file = (mode: string, server: string) => `version: STSv1\nmode: ${mode}\nmx: ${server}\nmax_age: 86400\n`;

beforeAll(async () => {
  authority = await createAuthority();
});

beforeEach(async () => {
  mail = await startSecureMailServer({ certificate: await authority.issue(["mx.example.com"]) });
  policy = await startPolicyServer(await authority.issue(["mta-sts.example.com"]), file("enforce", "mx.example.com"));
  dns = await startDnsServer({
    "example.com": { MX: [{ exchange: "mx.example.com", preference: 10 }] },
    "mx.example.com": { A: ["127.0.0.1"] },
    "alias.example.com": { A: ["127.0.0.1"] },
    "_mta-sts.example.com": { TXT: ["v=STSv1; id=1;"] },
    "mta-sts.example.com": { A: ["127.0.0.1"] },
  });
});

afterEach(async () => {
  for (const { transport } of made.splice(0)) await transport.close(0);
  await dns.close();
  await mail[Symbol.asyncDispose]();
  await policy[Symbol.asyncDispose]();
});

function deliver(options: Parameters<typeof startMxDelivery>[1] = {}): MxDelivery {
  const ports = { port: mail.port, policyPort: policy.port };
  const delivery = startMxDelivery(dns, { ...ports, ca: authority.cert, ...options });
  made.push(delivery);
  return delivery;
}

/** Makes the domain's MX record name the server by its other name, for which it has no certificate. */
function misname(): void {
  dns.zone.set("example.com", { MX: [{ exchange: "alias.example.com", preference: 10 }] });
}

describe("a domain with an MTA-STS policy", () => {
  it("gets mail where the policy names the server and its certificate holds", async () => {
    const { transport } = deliver();
    expect((await outcomeOf(transport, outgoingMail())).delivered).toBe(true);
    expect((await outcomeOf(transport, outgoingMail())).delivered).toBe(true);
    expect(mail.taken.map(({ secure }) => secure)).toEqual([true, true]);
    expect(policy.requests).toEqual(["mta-sts.example.com /.well-known/mta-sts.txt"]);
  });

  it("that enforces it gets none where the certificate does not hold", async () => {
    misname();
    policy.reply.body = file("enforce", "*.example.com");
    expect(await failureOf(deliver().transport, outgoingMail())).toMatchObject({
      stage: "tls",
      permanent: false,
      status: "4.7.5",
      affectsDomain: true,
    });
    expect(mail.taken).toEqual([]);
  });

  it("that enforces it gets none where the policy does not name the server", async () => {
    policy.reply.body = file("enforce", "mx.example.net");
    const failure = await failureOf(deliver().transport, outgoingMail());
    expect(failure).toMatchObject({ stage: "tls", permanent: false, status: "4.7.0", affectsDomain: true });
    expect(failure.message).toContain("MTA-STS");
    expect(mail.taken).toEqual([]);
  });

  it("that tests it gets mail in any case, and the log tells", async () => {
    policy.reply.body = file("testing", "mx.example.net");
    const unnamed = deliver();
    expect((await outcomeOf(unnamed.transport, outgoingMail())).delivered).toBe(true);
    expect(unnamed.logged.join()).toContain("does not name this mail server");
    misname();
    policy.reply.body = file("testing", "*.example.com");
    const unproved = deliver();
    expect((await outcomeOf(unproved.transport, outgoingMail())).delivered).toBe(true);
    expect(unproved.logged.join()).toContain("does not meet the MTA-STS policy");
    expect(mail.taken).toHaveLength(2);
  });

  it("is as one without where the file can't be had by the rules", async () => {
    misname();
    const bad: Partial<PolicyServer["reply"]>[] = [
      { status: 404 },
      { status: 302, location: "https://mta-sts.example.com/policy.txt" },
      { type: "text/html" },
      { body: `${file("enforce", "mx.example.com")}${"x".repeat(70_000)}` },
      { body: "" },
    ];
    const good = policy.reply;
    for (const change of bad) {
      policy.reply = { ...good, ...change };
      expect((await outcomeOf(deliver().transport, outgoingMail())).delivered, JSON.stringify(change)).toBe(true);
    }
    expect(policy.requests).toHaveLength(bad.length);
    policy.reply = good;
    // An authority that is not trusted, a name that is not the domain's, an address that is private, nobody there.
    expect((await outcomeOf(deliver({ ca: undefined }).transport, outgoingMail())).delivered).toBe(true);
    await using other = await startPolicyServer(await authority.issue(["example.com"]), good.body);
    expect((await outcomeOf(deliver({ policyPort: other.port }).transport, outgoingMail())).delivered).toBe(true);
    expect((await outcomeOf(deliver({ policyPort: 1 }).transport, outgoingMail())).delivered).toBe(true);
    const refusing = deliver({ privateDestinations: "refuse" });
    expect(await failureOf(refusing.transport, outgoingMail())).toMatchObject({ stage: "route" });
    expect(policy.requests).toHaveLength(bad.length);
    expect(other.requests).toEqual([]);
  });
});

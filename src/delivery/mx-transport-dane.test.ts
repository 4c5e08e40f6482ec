import { createHash, X509Certificate } from "node:crypto";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Authority, type Certificate, createAuthority } from "../../test/support/certificates.ts";
import { type DnsServer, startDnsServer } from "../../test/support/dns-server.ts";
import { type MxDelivery, startMxDelivery } from "../../test/support/mx-delivery.ts";
import { failureOf, outcomeOf, outgoingMail } from "../../test/support/outgoing-mail.ts";
import { startReceivingServer } from "../../test/support/receiving-server.ts";
import { type SecureMailServer, startSecureMailServer } from "../../test/support/secure-mail-server.ts";

let authority: Authority;
let certificate: Certificate;
let mail: SecureMailServer;
let dns: DnsServer;
const made: MxDelivery[] = [];

beforeAll(async () => {
  authority = await createAuthority();
  certificate = await authority.issue(["mx.example.com"]);
});

beforeEach(async () => {
  mail = await startSecureMailServer({ certificate: withIssuer(certificate) });
  dns = await startDnsServer({
    "example.com": { MX: [{ exchange: "mx.example.com", preference: 10 }], secure: true },
    "mx.example.com": { A: ["127.0.0.1"], secure: true },
  });
});

afterEach(async () => {
  for (const { transport } of made.splice(0)) await transport.close(0);
  await dns.close();
  await mail[Symbol.asyncDispose]();
});

/** With the whole chain, as a server has to send it for records of an issuer. */
function withIssuer({ key, cert }: Certificate): Certificate {
  return { key, cert: `${cert}\n${authority.cert}` };
}

function deliver(options: Parameters<typeof startMxDelivery>[1] = {}): MxDelivery["transport"] {
  const delivery = startMxDelivery(dns, { port: mail.port, dnssec: "trust", ...options });
  made.push(delivery);
  return delivery.transport;
}

/** A TLSA record of a certificate. */
function tlsa(usage: number, selector: number, matchingType: number, pem: string) {
  const certificate = new X509Certificate(pem);
  const selected = selector === 0 ? certificate.raw : certificate.publicKey.export({ type: "spki", format: "der" });
  const hash = ["", "sha256", "sha512"][matchingType];
  return {
    usage,
    selector,
    matchingType,
    certificate: hash ? createHash(hash).update(selected).digest() : Buffer.from(selected),
  };
}

function publish(records: ReturnType<typeof tlsa>[], server = "mx.example.com", secure = true): void {
  dns.zone.set(`_${mail.port}._tcp.${server}`, { TLSA: records, secure, ttl: 0 });
}

const refused = { stage: "tls", permanent: false, status: "4.7.5", affectsDomain: true };

describe("a server with TLSA records", () => {
  it("gets mail where its certificate is named, by any kind of record", async () => {
    for (const selector of [0, 1]) {
      for (const matchingType of [0, 1, 2]) {
        publish([tlsa(3, 1, 1, authority.cert), tlsa(3, selector, matchingType, certificate.cert)]);
        expect((await outcomeOf(deliver(), outgoingMail())).delivered, `3 ${selector} ${matchingType}`).toBe(true);
        publish([tlsa(2, selector, matchingType, authority.cert)]);
        expect((await outcomeOf(deliver(), outgoingMail())).delivered, `2 ${selector} ${matchingType}`).toBe(true);
      }
    }
    expect(mail.taken).toHaveLength(12);
    expect(mail.taken.every(({ secure }) => secure)).toBe(true);
  });

  it("meets the demand of mail that requires TLS, without an authority", async () => {
    publish([tlsa(3, 1, 1, certificate.cert)]);
    expect((await outcomeOf(deliver(), outgoingMail({ tls: "required" }))).delivered).toBe(true);
  });

  it("gets none where its certificate is another", async () => {
    const stranger = await createAuthority();
    for (const usage of [2, 3]) {
      publish([tlsa(usage, 1, 1, stranger.cert)]);
      expect(await failureOf(deliver(), outgoingMail()), `${usage}`).toMatchObject(refused);
    }
    // A trusted authority makes no difference.
    expect(await failureOf(deliver({ ca: authority.cert }), outgoingMail())).toMatchObject(refused);
    expect(mail.taken).toEqual([]);
  });

  it("may have any name and date where the record is of its own certificate, not where it is of the issuer's", async () => {
    const past = { from: new Date("2020-01-01"), until: new Date("2021-01-01") };
    const unfit = [await authority.issue(["other.test"]), await authority.issue(["mx.example.com"], past)];
    for (const [index, given] of unfit.entries()) {
      const host = `127.0.0.${index + 2}`;
      await using server = await startSecureMailServer({ certificate: withIssuer(given), host, port: mail.port });
      expect(server.port).toBe(mail.port);
      dns.zone.set("mx.example.com", { A: [host], secure: true });
      publish([tlsa(3, 1, 1, given.cert)]);
      expect((await outcomeOf(deliver(), outgoingMail())).delivered).toBe(true);
      publish([tlsa(2, 0, 1, authority.cert)]);
      expect(await failureOf(deliver(), outgoingMail())).toMatchObject(refused);
    }
  });

  it("need not send its issuer's certificate where the record has it whole", async () => {
    await using bare = await startSecureMailServer({ certificate, host: "127.0.0.2", port: mail.port });
    dns.zone.set("mx.example.com", { A: ["127.0.0.2"], secure: true });
    publish([tlsa(2, 0, 0, authority.cert)]);
    expect((await outcomeOf(deliver(), outgoingMail())).delivered).toBe(true);
    publish([tlsa(2, 0, 1, authority.cert)]);
    expect(await failureOf(deliver(), outgoingMail())).toMatchObject(refused);
    expect(bare.taken).toHaveLength(1);
  });

  it("gets none in clear", async () => {
    await using plain = await startReceivingServer("127.0.0.2", mail.port);
    dns.zone.set("mx.example.com", { A: ["127.0.0.2"], secure: true });
    const none = { ...refused, status: "4.7.4" };
    publish([tlsa(3, 1, 1, certificate.cert)]);
    expect(await failureOf(deliver(), outgoingMail())).toMatchObject(none);
    // Records that can't be used demand TLS still.
    const unusable = tlsa(1, 1, 1, certificate.cert);
    publish([unusable]);
    expect(await failureOf(deliver(), outgoingMail())).toMatchObject(none);
    dns.zone.set("mx.example.com", { A: ["127.0.0.1"], secure: true });
    expect((await outcomeOf(deliver(), outgoingMail())).delivered).toBe(true);
    expect(await failureOf(deliver(), outgoingMail({ tls: "required" }))).toMatchObject({
      stage: "tls",
      status: "4.7.5",
    });
    expect(plain.taken).toEqual([]);
  });

  it("is not used where the records can't be found out", async () => {
    dns.zone.set(`_${mail.port}._tcp.mx.example.com`, { failure: "SERVFAIL" });
    expect(await failureOf(deliver(), outgoingMail())).toMatchObject({ permanent: false, status: "4.4.3" });
    expect(mail.taken).toEqual([]);
  });

  it("is as one without where some answer is not authenticated", async () => {
    const wrong = [tlsa(3, 1, 1, authority.cert)];
    publish(wrong, "mx.example.com", false);
    expect((await outcomeOf(deliver(), outgoingMail())).delivered).toBe(true);
    publish(wrong);
    expect((await outcomeOf(deliver({ dnssec: "off" }), outgoingMail())).delivered).toBe(true);
    for (const name of ["example.com", "mx.example.com"]) {
      const entry = dns.zone.get(name);
      dns.zone.set(name, { ...entry, secure: false });
      expect((await outcomeOf(deliver(), outgoingMail())).delivered, name).toBe(true);
      dns.zone.set(name, { ...entry });
    }
    expect(await failureOf(deliver(), outgoingMail())).toMatchObject(refused);
  });

  it("that is an alias may have its records at either name", async () => {
    dns.zone.set("mx.example.com", { CNAME: "real.example.net", secure: true });
    dns.zone.set("real.example.net", { A: ["127.0.0.1"], secure: true });
    publish([tlsa(3, 1, 1, authority.cert)]);
    publish([tlsa(3, 1, 1, certificate.cert)], "real.example.net");
    expect((await outcomeOf(deliver(), outgoingMail())).delivered).toBe(true);
    dns.zone.delete(`_${mail.port}._tcp.real.example.net`);
    expect(await failureOf(deliver(), outgoingMail())).toMatchObject(refused);
  });
});

import { expect, test } from "vitest";
import { adviceHosts } from "../../identities/dns-records.ts";
import { adviceText, type IdentityCall, readIdentityCall } from "./command-line.ts";

test.each<[string[], IdentityCall | undefined]>([
  [["example.com"], { name: "example.com", json: false }],
  [["--json", "me@example.com"], { name: "me@example.com", json: true }],
  [[], undefined],
  [["a", "b"], undefined],
  [["--frob", "a"], undefined],
])("%j is %j", (args, call) => expect(readIdentityCall(args)).toEqual(call));

test("what is to be published is told with what is there", () => {
  const record = { type: "TXT", purpose: "does its work", zone: "" } as const;
  const text = adviceText({
    identity: "example.com",
    domain: "example.com",
    records: [
      { ...record, name: "a.example.com", value: "right", state: "ok", found: ["right"] },
      { ...record, name: "b.example.com", value: "right", state: "differs", found: ["wrong", "other"] },
    ],
    dmarc: { policy: "reject", dkimAligned: true, spfAligned: false },
  });
  expect(text).toBe(`DNS records for mail of example.com

OK       TXT a.example.com
           does its work
DIFFERS  TXT b.example.com
           does its work
  publish: right
  found:   wrong
  found:   other

DMARC: policy reject; DKIM aligns, the return path does not align (one of both is enough)`);
});

test("receivers see the relay, where there is one", () => {
  const settings = { hostname: "mx.test", returnPathDomain: undefined, relayUrl: "smtps://u:p@[2001:db8::1]:465" };
  expect(adviceHosts({ ...settings, delivery: "relay" })).toEqual({
    hostname: "mx.test",
    returnPathDomain: "mx.test",
    relayed: true,
    sendingHost: "2001:db8::1",
  });
  expect(adviceHosts({ ...settings, returnPathDomain: "b.test", delivery: "mx" })).toMatchObject({
    returnPathDomain: "b.test",
    sendingHost: "mx.test",
  });
});

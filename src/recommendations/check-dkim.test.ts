import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type DnsServer, startDnsServer } from "../../test/support/dns-server.ts";
import { identityFacts, identityRow, keyRow } from "../../test/support/identity-facts.ts";
import type { DkimKeyRow } from "../stores/postgres/dkim-keys.ts";
import { checkDkim } from "./check-dkim.ts";
import type { IdentityFacts } from "./identity-facts.ts";

const record = "s1._domainkey.example.com";
let server: DnsServer;

beforeAll(async () => {
  server = await startDnsServer();
});
afterAll(() => server.close());
beforeEach(() => {
  server.zone.clear();
  server.questions.length = 0;
});

async function findings(given: Partial<IdentityFacts> = {}): Promise<string[] | undefined> {
  return (await checkDkim(identityFacts(server, given)))?.map(({ finding, impact }) => `${finding} ${impact}`);
}
const withKey = (key: Partial<DkimKeyRow>): Partial<IdentityFacts> => {
  const own = identityRow({ dkim: keyRow(key) });
  return { own, signer: own };
};

it("follows the record in DNS if identities need no proof", async () => {
  expect(await findings()).toEqual(["dkim-record-missing HIGH"]);
  server.zone.set(record, { TXT: ["v=DKIM1; k=rsa; p=OTHER"] });
  expect(await findings()).toEqual(["dkim-record-differs HIGH"]);
  server.zone.set(record, { TXT: ["v=DKIM1; k=rsa; p=KEY"] });
  expect(await findings()).toEqual([]);
  for (const failure of ["SERVFAIL", "REFUSED", "silence"] as const) {
    server.zone.set(record, { failure });
    expect(await findings(), failure).toBeUndefined();
  }
});

it("uses what the verifier found, without a query", async () => {
  const proven = (key: Partial<DkimKeyRow>) => findings({ ...withKey(key), proving: "asked" });
  expect(await proven({})).toEqual([]);
  expect(await proven({ status: "TEMPORARY_FAILURE", error: "HOST_NOT_FOUND" })).toEqual(["dkim-record-missing HIGH"]);
  expect(await proven({ status: "FAILED", error: "INVALID_VALUE" })).toEqual(["dkim-record-differs HIGH"]);
  expect(await proven({ status: "TEMPORARY_FAILURE", error: "DNS_SERVER_ERROR" })).toBeUndefined();
  expect(await proven({ status: "PENDING", error: null })).toBeUndefined();
  expect(server.questions).toEqual([]);
});

it("finds that mail is not signed, and short keys", async () => {
  const disabled = identityRow({ dkimSigningEnabled: false });
  expect(await findings({ own: disabled, signer: undefined })).toEqual(["dkim-signing-disabled HIGH"]);
  expect(await findings({ own: identityRow({ dkim: undefined }), signer: undefined })).toEqual([
    "dkim-key-missing HIGH",
  ]);
  server.zone.set(record, { TXT: ["v=DKIM1; k=rsa; p=KEY"] });
  expect(await findings(withKey({ bits: 1024 }))).toEqual(["dkim-key-short LOW"]);
  expect(await findings(withKey({ publicKey: null }))).toBeUndefined();
});

it("checks the key of the parent domain if that one signs", async () => {
  const own = identityRow({ name: "sub.example.com", dkim: undefined });
  const given = { own, signer: identityRow() };
  expect((await checkDkim(identityFacts(server, given)))?.[0]?.description).toBe(
    `The DKIM record ${record} was not found.`,
  );
  server.zone.set(record, { TXT: ["p=KEY"] });
  expect(await findings(given)).toEqual([]);
});

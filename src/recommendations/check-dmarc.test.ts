import { expect, it } from "vitest";
import { identityRow } from "../../test/support/identity-facts.ts";
import type { DmarcRecord } from "../identities/dmarc-check.ts";
import { checkDmarc } from "./check-dmarc.ts";
import type { IdentityFacts } from "./identity-facts.ts";

const dmarc: DmarcRecord = {
  name: "_dmarc.example.com",
  text: "v=DMARC1; p=reject",
  policy: "reject",
  strictDkim: false,
  strictSpf: false,
};

function findings(given: Partial<Parameters<typeof checkDmarc>[0]>): string[] | undefined {
  const facts: Pick<IdentityFacts, "domain" | "signer" | "returnPath" | "dmarc"> = {
    ...{ domain: "sub.example.com", signer: identityRow(), returnPath: "mx.test", dmarc },
    ...given,
  };
  return checkDmarc(facts)?.map(({ finding, impact }) => `${finding} ${impact}`);
}

it("wants a record with a policy", () => {
  expect(findings({})).toEqual([]);
  expect(findings({ dmarc: undefined })).toEqual(["dmarc-record-missing HIGH"]);
  expect(findings({ dmarc: { ...dmarc, policy: "none" } })).toEqual(["dmarc-policy-none LOW"]);
  expect(findings({ dmarc: { ...dmarc, policy: "quarantine" } })).toEqual([]);
  expect(findings({ dmarc: "unknown" })).toBeUndefined();
});

it("wants the signature or the return path to align", () => {
  const notAligned = ["dmarc-not-aligned HIGH"];
  expect(findings({ signer: undefined })).toEqual(notAligned);
  expect(findings({ dmarc: { ...dmarc, strictDkim: true } })).toEqual(notAligned);
  expect(findings({ signer: undefined, returnPath: "bounces.example.com" })).toEqual([]);
  expect(findings({ signer: undefined, returnPath: "example.com", dmarc: { ...dmarc, strictSpf: true } })).toEqual(
    notAligned,
  );
  expect(findings({ signer: undefined, dmarc: { ...dmarc, policy: "none" } })).toEqual([
    "dmarc-policy-none LOW",
    ...notAligned,
  ]);
});

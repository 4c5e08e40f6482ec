/** Any change of a signed request makes its signature wrong. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "../../test/support/runs.ts";
import { check, inHeader, inQuery, request, sessionSigner, signer } from "../../test/support/signature-check.ts";

describe("any change of a signed request is refused:", () => {
  const printable = fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code));
  const signedForms = [
    inHeader(signer),
    inHeader({ ...signer, hashUnstated: true }),
    inQuery(signer, 3600),
    inHeader(sessionSigner),
    inQuery(sessionSigner, 3600),
  ];
  const anyForm = fc.constantFrom(...signedForms);
  const replaceAt = (text: string, at: number, character: string) =>
    text.slice(0, at % text.length) + character + text.slice((at % text.length) + 1);

  it("a character of a header, but white space", async () => {
    const change = fc.asyncProperty(anyForm, fc.nat(), fc.nat(), printable, async (signed, which, at, character) => {
      const headers = [...signed.rawHeaders];
      const index = (which % (headers.length / 2)) * 2 + 1;
      const value = headers[index] ?? "";
      const changed = replaceAt(value, at, character);
      headers[index] = changed;
      // Of a presigned request only the host is signed.
      if (changed === value || (signed.target !== request.target && headers[index - 1] !== "Host")) return;
      expect(await check({ ...signed, rawHeaders: headers })).toBeInstanceOf(Array);
    });
    await fc.assert(change, { numRuns: runs(2000) });
  });

  it("a character of the target, but for another writing of the same", async () => {
    const change = fc.asyncProperty(anyForm, fc.nat(), printable, async (signed, at, character) => {
      const target = replaceAt(signed.target, at, character);
      if (decoded(target) === decoded(signed.target)) return;
      expect(await check({ ...signed, target })).toBeInstanceOf(Array);
    });
    await fc.assert(change, { numRuns: runs(2000) });
  });

  it("what is added, left out, or put elsewhere", async () => {
    for (const signed of signedForms) {
      const [path = "", query = ""] = signed.target.split("?");
      const more = [
        { ...signed, method: "PUT" },
        { ...signed, target: `${path}/?${query}` },
        { ...signed, target: `${path}?${query}&more` },
        { ...signed, target: `${path}?more=1&${query}` },
        { ...signed, rawHeaders: [...signed.rawHeaders, "host", "another"] },
        { ...signed, rawHeaders: signed.rawHeaders.slice(2) },
      ];
      for (const one of more) expect(await check(one)).toBeInstanceOf(Array);
    }
  });

  it("the body, where its hash was not stated", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (body) => {
        if (body === request.body) return;
        expect(await check({ ...inHeader({ ...signer, hashUnstated: true }), body })).toBeInstanceOf(Array);
      }),
    );
  });
});

/** What a target says: percent-encoded or not, a plus or a space. */
function decoded(target: string): string {
  return target.replaceAll("+", " ").replace(/%([0-9a-f]{2})/gi, (_, hex: string) => `%${hex.toLowerCase()}`);
}

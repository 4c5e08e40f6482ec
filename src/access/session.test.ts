import { describe, expect, it } from "vitest";
import { createSealer } from "./sealing/sealer.ts";
import { createSessions, hasCsrfToken } from "./session.ts";

describe("sessions", () => {
  const sealer = createSealer(Buffer.alloc(32, 7));
  const now = new Date("2026-11-23T12:00:00Z");
  const owner = { accountId: "000000000000", operator: true, rights: undefined };
  const key = { ...owner, id: "AKIA", secretAccessKey: "secret", session: undefined };
  const keys = { find: async (id: string) => (id === key.id ? key : undefined), used: () => {} };
  const database = { query: async () => [] };
  const sessions = createSessions({ keys, database, sealer, clock: () => now });
  const sealed = (content: string) =>
    Buffer.from(sealer.seal(Buffer.from(content), "dashboard session")).toString("base64url");

  it("are known again by their token, in which their version stands", async () => {
    const { token, session } = await sessions.begin("AKIA", "secret");
    expect(await sessions.find(token)).toEqual(session);
    const content = sealer.open(Buffer.from(token, "base64url"), "dashboard session").toString();
    expect(JSON.parse(content)).toEqual({
      v: 1,
      id: expect.stringMatching(/^[\w-]{22}$/),
      accessKeyId: "AKIA",
      endsAt: now.getTime() + 12 * 3600 * 1000,
    });
  });

  it("from before they had a version go on", async () => {
    const endsAt = now.getTime() + 1;
    const token = sealed(`{"id":"AAAAAAAAAAAAAAAAAAAAAA","accessKeyId":"AKIA","endsAt":${endsAt}}`);
    expect(await sessions.find(token)).toEqual({
      ...owner,
      accessKeyId: "AKIA",
      csrf: expect.stringMatching(/^[\w-]{43}$/),
    });
  });

  it("of a version that is not known, or malformed, have ended", async () => {
    const content = { id: "x", accessKeyId: "AKIA", endsAt: now.getTime() + 1 };
    for (const other of [{ v: 2, ...content }, { v: 1, ...content, endsAt: "never" }, { v: 1 }]) {
      expect(await sessions.find(sealed(JSON.stringify(other)))).toBe("ended");
    }
    expect(await sessions.find(sealed("not JSON"))).toBe("ended");
    expect(await sessions.find("never one of ours")).toBe("unknown");
  });

  it("from before keep their CSRF token", async () => {
    const token =
      "AdZejV6_4-VvAoTWp9SLHUN7ojgBPP-Pxa62Pz2r2gk4H6GL2A7LtzK-FlbVxAiq2sqYLFJbHvKJaVuJL8lt6wdsJBD98N2eGZXg-DgGbuV80hGhVMjq" +
      "Wp_vgwm4rwAr0MKaEMWeRCC9NcqTWSDe";
    const session = { ...owner, accessKeyId: "AKIAEXAMPLE", csrf: "pTTU4bu64Tieo--Rk2cF9Ij_mL8mw__e42bQlEqHCgo" };
    const other = createSessions({
      keys: { find: async (id) => ({ ...owner, id, secretAccessKey: "secret", session: undefined }), used() {} },
      database,
      sealer,
      clock: () => new Date("2026-11-23T12:00:01Z"),
    });
    expect(await other.find(token)).toEqual(session);
    expect(hasCsrfToken(session, session.csrf)).toBe(true);
    for (const wrong of [undefined, "", session.csrf.slice(1), `${session.csrf.slice(1)}A`, `${session.csrf}A`]) {
      expect(hasCsrfToken(session, wrong)).toBe(false);
    }
  });
});

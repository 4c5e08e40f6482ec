import { expect, it } from "vitest";
import { createSealer } from "./sealing/sealer.ts";
import { createSessions, hasCsrfToken } from "./session.ts";

it("a session that began before goes on, with the same CSRF token", async () => {
  const sessions = createSessions({
    keys: { find: async (id) => ({ id, secretAccessKey: "secret", session: undefined }), used() {} },
    sealer: createSealer(Buffer.alloc(32, 7)),
    clock: () => new Date("2026-11-23T12:00:01Z"),
  });
  const token =
    "AdZejV6_4-VvAoTWp9SLHUN7ojgBPP-Pxa62Pz2r2gk4H6GL2A7LtzK-FlbVxAiq2sqYLFJbHvKJaVuJL8lt6wdsJBD98N2eGZXg-DgGbuV80hGhVMjq" +
    "Wp_vgwm4rwAr0MKaEMWeRCC9NcqTWSDe";
  const session = { accessKeyId: "AKIAEXAMPLE", csrf: "pTTU4bu64Tieo--Rk2cF9Ij_mL8mw__e42bQlEqHCgo" };
  expect(await sessions.find(token)).toEqual(session);
  expect(hasCsrfToken(session, session.csrf)).toBe(true);
  for (const other of [undefined, "", session.csrf.slice(1), `${session.csrf.slice(1)}A`, `${session.csrf}A`]) {
    expect(hasCsrfToken(session, other)).toBe(false);
  }
});

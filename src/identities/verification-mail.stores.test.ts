import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databases } from "../../test/support/databases.ts";
import { createSealer } from "../access/sealing/sealer.ts";
import type { SystemMailer } from "../delivery/system-mail.ts";
import type { ScopedDatabase } from "../stores/postgres/database.ts";
import { selectIdentity } from "../stores/postgres/identities.ts";
import { tokenDigest } from "./verification-mail.ts";
import { type VerificationServices, verifyDue } from "./verify-due.ts";

describe.each(databases)("what is due on $name", ({ open }) => {
  let database: ScopedDatabase;
  const now = new Date("2026-11-24T10:00:00Z");
  const sent: Parameters<SystemMailer["send"]>[0][] = [];
  const failures: string[] = [];
  let send: SystemMailer["send"];
  let services: VerificationServices;

  beforeAll(async () => {
    database = await open();
    services = {
      database,
      sealer: createSealer(Buffer.alloc(32, 1)),
      clock: () => now,
      mailer: { send: (mail) => send(mail) },
      mailDomain: "mx.test",
      publicUrl: () => "https://mail.test/",
      hostname: "mx.test",
      resolver: { txt: async () => ({ records: [], secure: false }), mx: async () => ({ records: [], secure: false }) },
      failed: (_error, identity) => failures.push(identity),
    };
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.query("DELETE FROM email_identities");
    sent.length = 0;
    failures.length = 0;
    send = async (mail) => {
      sent.push(mail);
    };
  });

  const add = (names: string[]) =>
    database.query(
      `INSERT INTO email_identities (scope, name, type, tags)
       SELECT 1, name, CASE WHEN name LIKE '%@%' THEN 'EMAIL_ADDRESS' ELSE 'DOMAIN' END, '[]' FROM unnest($1::text[]) AS name`,
      [names],
    );
  const pass = () => verifyDue(services, new AbortController().signal);

  test("each address gets one mail, however many look at once; its token is kept as a digest only", async () => {
    const names = Array.from({ length: 25 }, (_, index) => `a${index}@b.test`);
    await add(names);
    await Promise.all([pass(), pass()]);
    await pass();
    expect(sent.map(({ to }) => to).sort()).toEqual(names.sort());
    const [mail] = sent;
    expect(mail?.from).toBe("no-reply@mx.test");
    const text = Buffer.from(mail?.mime ?? []).toString();
    const token = /^https:\/\/mail\.test\/identities\/verify\/([\w-]{43})\r$/m.exec(text)?.[1] ?? "";
    const kept = await database.query<{ hash: Uint8Array }>(
      "SELECT proof_token_hash AS hash FROM email_identities WHERE name = $1",
      [mail?.to],
    );
    expect(Buffer.from(kept[0]?.hash ?? [])).toEqual(createHash("sha256").update(token).digest());
    expect(Buffer.from(tokenDigest(token) ?? [])).toEqual(Buffer.from(kept[0]?.hash ?? []));
  });

  test("a mail that can't be handed over now goes in a later pass", async () => {
    await add(["a@b.test", "c@d.test"]);
    const working = send;
    send = async (mail) => {
      if (mail.to === "a@b.test") throw new Error("the disk is full");
      return working(mail);
    };
    await pass();
    expect([sent.length, failures]).toEqual([1, ["a@b.test"]]);
    expect((await selectIdentity(database, "a@b.test"))?.proofRequestedAt).toBeNull();
    send = working;
    await pass();
    expect(sent.map(({ to }) => to)).toEqual(["c@d.test", "a@b.test"]);
  });

  test("a key that was only asked for is made, once", async () => {
    await add(["b.test"]);
    await database.query(
      `INSERT INTO dkim_keys (scope, identity, role, origin, selector, bits, next_check_at)
       VALUES (1, 'b.test', 'current', 'AWS_SES', 'token', 1024, $1)`,
      [now],
    );
    await Promise.all([pass(), pass()]);
    const made = (await selectIdentity(database, "b.test"))?.dkim;
    expect(made).toMatchObject({ status: "PENDING", generatedAt: now, publicKey: expect.stringMatching(/^MIG/) });
    await pass();
    expect((await selectIdentity(database, "b.test"))?.dkim).toMatchObject({
      publicKey: made?.publicKey,
      checkedAt: now,
      error: "HOST_NOT_FOUND",
    });
    expect(failures).toEqual([]);
  });

  test("a pass that is to end takes up nothing more", async () => {
    await add(["a@b.test"]);
    await verifyDue(services, AbortSignal.abort());
    expect(sent).toEqual([]);
  });
});

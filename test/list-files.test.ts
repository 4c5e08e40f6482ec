/** Lists that come out as files and go in again by an import job. */
import { once } from "node:events";
import { get } from "node:http";
import { CreateContactListCommand, CreateImportJobCommand, GetImportJobCommand } from "@aws-sdk/client-sesv2";
import fc from "fast-check";
import Fastify from "fastify";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { mountAdminLists } from "../src/http/admin/lists.ts";
import { contactAddress } from "../src/recipients/contacts/contact-address.ts";
import { type Database, defaultScope } from "../src/stores/postgres/database.ts";
import { adminScope } from "./support/default-scope.ts";
import { eventually } from "./support/eventually.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { runs } from "./support/runs.ts";

let server: InProcessServer;
const topics = ["Sports", "a-b_1", "__proto__"];

beforeAll(async () => {
  server = await startInProcess({ environment: { MAILGLASS_EXPORT_WORKERS: "0" } });
  await server.client.send(
    new CreateContactListCommand({
      ContactListName: "News",
      Topics: topics.map((TopicName) => ({ TopicName, DisplayName: "T", DefaultSubscriptionStatus: "OPT_OUT" })),
    }),
  );
});
afterAll(() => server.close());
beforeEach(clear);

async function clear(): Promise<void> {
  await server.database.query("DELETE FROM contacts");
  await server.database.query("DELETE FROM suppressed_destinations");
}

async function fetchList(path: string): Promise<{ status: number; type: string | null; body: Buffer }> {
  const answer = await fetch(`${server.url}/admin/lists/${path}`);
  return {
    status: answer.status,
    type: answer.headers.get("content-type"),
    body: Buffer.from(await answer.arrayBuffer()),
  };
}

let files = 0;
/** Imports a file; resolves to the job as it ended. */
async function importFile(body: Buffer, destination: "contacts" | "suppression", DataFormat: "CSV" | "JSON") {
  const key = `file-${files++}`;
  const bucket = await server.openBucket("lists-to-import", defaultScope);
  const writer = await bucket.write(key, "text/plain");
  await writer.write(body);
  await writer.finish();
  const { JobId } = await server.client.send(
    new CreateImportJobCommand({
      ImportDestination:
        destination === "contacts"
          ? { ContactListDestination: { ContactListName: "News", ContactListImportAction: "PUT" } }
          : { SuppressionListDestination: { SuppressionListImportAction: "PUT" } },
      ImportDataSource: { S3Url: `s3://lists-to-import/${key}`, DataFormat },
    }),
  );
  return eventually(async () => {
    const job = await server.client.send(new GetImportJobCommand({ JobId }));
    return job.JobStatus === "COMPLETED" || job.JobStatus === "FAILED" ? job : expect.fail("the job has not ended");
  });
}

const dotted = fc.stringMatching(/^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,8}(\.[A-Za-z0-9=+-]{1,5})?$/);
const quoted = fc.stringMatching(/^[ !#-[\]-~]{0,12}$/).map((text) => `"${text}"`);
const address = fc
  .tuple(fc.oneof(dotted, quoted), fc.constantFrom("example.com", "b.cd", "xn--mnchen-3ya.example"))
  .map(([local, domain]) => `${local}@${domain}`)
  .filter((one) => contactAddress(one) === one);

const text = fc.string({ unit: "grapheme", maxLength: 12 });
const odd = fc.constantFrom(
  '"',
  '""',
  "\n",
  "\r\n",
  "\r",
  ",",
  "\\",
  "=1+1",
  " ",
  "\t",
  "\u2028",
  "\ufeff",
  "{",
  "}}",
  "'",
);
const value = fc.oneof(
  text,
  odd,
  fc.array(odd).map((parts) => parts.join("")),
  fc.integer(),
  fc.constant(null),
);
const attributes = fc
  .tuple(
    fc.dictionary(fc.oneof(text, odd), value, { maxKeys: 4 }),
    fc.constantFrom(undefined, 1, "\t"),
    fc.constantFrom("", " ", "\n", "\r\n"),
  )
  .map(([object, indent, space]) => `${space}${JSON.stringify(object, undefined, indent)}${space}`);
const status = fc.option(fc.constantFrom("OPT_IN", "OPT_OUT"), { nil: undefined });
const contact = fc.record({
  address,
  unsubscribeAll: fc.boolean(),
  attributes: fc.option(attributes),
  statuses: fc.tuple(status, status, status),
});

const contactRows = () =>
  server.database.query("SELECT address, unsubscribe_all, attributes, preferences FROM contacts ORDER BY address");
const suppressionRows = () =>
  server.database.query("SELECT tenant, address, reason FROM suppressed_destinations ORDER BY tenant, address");

test.each(["CSV", "JSON"] as const)("contacts that came out as %s and went in again are the same", async (format) => {
  const unique = { selector: (one: { address: string }) => one.address, maxLength: 12 };
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(contact, unique), async (contacts) => {
      await clear();
      for (const { address, unsubscribeAll, attributes, statuses } of contacts) {
        const preferences = topics.flatMap((topic, index) => (statuses[index] ? [[topic, statuses[index]]] : []));
        await server.database.query(
          `INSERT INTO contacts (scope, list, address, unsubscribe_all, attributes, preferences, created_at, updated_at)
           VALUES (1, 'News', $1, $2, $3, $4::jsonb, now(), now())`,
          [address, unsubscribeAll, attributes, JSON.stringify(Object.fromEntries(preferences))],
        );
      }
      const before = await contactRows();
      const { body } = await fetchList(`contacts/News?format=${format.toLowerCase()}`);
      await clear();
      if (body.length === 0) return;
      const job = await importFile(body, "contacts", format);
      expect(job).toMatchObject({ ProcessedRecordsCount: contacts.length, FailedRecordsCount: 0 });
      expect(await contactRows()).toEqual(before);
    }),
    { numRuns: runs(25) },
  );
});

test.each(["CSV", "JSON"] as const)(
  "suppressed addresses that came out as %s and went in again are the same",
  async (format) => {
    const reason = fc.constantFrom("BOUNCE", "COMPLAINT");
    const entries = fc.uniqueArray(fc.record({ address, reason }), { selector: (one) => one.address, minLength: 1 });
    await fc.assert(
      fc.asyncProperty(entries, async (rows) => {
        await clear();
        await server.database.query(
          `INSERT INTO suppressed_destinations (scope, tenant, address, reason, updated_at)
         SELECT 1, '', address, reason, now() FROM unnest($1::text[], $2::text[]) AS added (address, reason)`,
          [rows.map((one) => one.address), rows.map((one) => one.reason)],
        );
        const before = await suppressionRows();
        const { body } = await fetchList(`suppression?format=${format.toLowerCase()}`);
        await clear();
        const job = await importFile(body, "suppression", format);
        expect(job).toMatchObject({
          JobStatus: "COMPLETED",
          ProcessedRecordsCount: rows.length,
          FailedRecordsCount: 0,
        });
        expect(await suppressionRows()).toEqual(before);
      }),
      { numRuns: runs(25) },
    );
  },
);

test("a tenant's list, types and refusals", async () => {
  await server.database.query(
    `INSERT INTO suppressed_destinations (scope, tenant, address, reason, updated_at) VALUES
       (1, '', 'a@b.cd', 'BOUNCE', now()), (1, 't é', 'x@y.zz', 'COMPLAINT', now())`,
  );
  expect(await fetchList("suppression")).toEqual({
    status: 200,
    type: "text/csv; charset=utf-8",
    body: Buffer.from("a@b.cd,BOUNCE\r\n"),
  });
  expect(await fetchList(`suppression?format=json&tenant=${encodeURIComponent("t é")}`)).toEqual({
    status: 200,
    type: "application/x-ndjson",
    body: Buffer.from('{"emailAddress":"x@y.zz","reason":"COMPLAINT"}\n'),
  });
  expect((await fetchList("suppression?tenant=none")).body).toHaveLength(0);
  for (const path of [
    "suppression?format=xml",
    "suppression?format=csv&format=json",
    "suppression?tenant=a&tenant=b",
    "suppression?tenant=%00",
    "suppression?tenants=a",
    "contacts/News?format=CSV",
    "contacts/News?tenant=a",
  ]) {
    expect((await fetchList(path)).status, path).toBe(400);
  }
  for (const name of ["none", "..%2F", "%00", "n".repeat(65)]) {
    expect((await fetchList(`contacts/${name}`)).status, name).toBe(404);
  }
  expect(server.logged).toEqual([]);
});

test("a list that can't be read to its end breaks off, so that nobody takes the part for the whole", async () => {
  await server.database.query(
    `INSERT INTO suppressed_destinations (scope, tenant, address, reason, updated_at)
     SELECT 1, '', number || '@b.cd', 'BOUNCE', now() FROM generate_series(10000, 22000) AS number`,
  );
  let pages = 0;
  const failing: Database = {
    ...server.database,
    transaction: (work) => {
      if (++pages > 1) throw new Error("the database is gone");
      return server.database.transaction(work);
    },
  };
  const app = Fastify();
  mountAdminLists(app, { database: failing, adminScope });
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  try {
    const answer = await fetch(`${url}/admin/lists/suppression`);
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow();
    expect(pages).toBe(2);
    expect((await fetch(`${url}/admin/lists/suppression`, { method: "HEAD" })).status).toBe(404);
    expect(pages).toBe(2);
  } finally {
    await app.close();
  }
});

test("who goes away in the midst ends the reading", async () => {
  await server.database.query(
    `INSERT INTO suppressed_destinations (scope, tenant, address, reason, updated_at)
     SELECT 1, '', repeat('x', 400) || number || '@b.cd', 'BOUNCE', now() FROM generate_series(10000, 59999) AS number`,
  );
  let pages = 0;
  const counting: Database = {
    ...server.database,
    transaction: (work) => {
      pages++;
      return server.database.transaction(work);
    },
  };
  const app = Fastify();
  mountAdminLists(app, { database: counting, adminScope });
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  const call = get(`${url}/admin/lists/suppression`);
  const [answer] = await once(call, "response");
  await once(answer, "readable");
  call.destroy();
  const connections = () => new Promise<number>((resolve) => app.server.getConnections((_, count) => resolve(count)));
  await expect.poll(connections).toBe(0);
  // Behind whatever is still being read: the database does one after the other.
  const read = pages;
  for (let waits = 0; waits < 5; waits++) await server.database.query("SELECT 1");
  expect(pages).toBeLessThanOrEqual(read + 1);
  expect(pages).toBeLessThan(10);
  await app.close();
});

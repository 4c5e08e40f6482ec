/** Import jobs over the running server, with the SDK's client: files in, lists and failed records out. */
import { gzipSync } from "node:zlib";
import {
  CreateImportJobCommand,
  GetImportJobCommand,
  ListImportJobsCommand,
  type ListImportJobsCommandInput,
} from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { databases } from "./support/databases.ts";
import {
  contactsOf,
  createImport,
  endOfImport,
  failedRecords,
  suppressionDelete,
  suppressionPut,
  uploadFile,
} from "./support/import-jobs.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";

describe.each(databases)("import jobs on $name", ({ open }) => {
  let server: InProcessServer;

  beforeAll(async () => {
    server = await startInProcess({
      database: await open(),
      environment: {
        MAILGLASS_IMPORT_MAX_SUPPRESSIONS: "50",
        MAILGLASS_IMPORT_MAX_SUPPRESSION_DELETES: "5",
        MAILGLASS_IMPORT_MAX_UNPACKED_BYTES: "2000000",
        MAILGLASS_UPLOAD_MAX_BYTES: "1000000",
      },
    });
  });
  afterAll(async () => {
    await server.close();
    await server.database.close();
  });
  beforeEach(async () => {
    for (const table of ["import_jobs", "suppressed_destinations", "contact_lists"]) {
      await server.database.query(`DELETE FROM ${table}`);
    }
  });

  async function suppressed(): Promise<string[]> {
    const rows = await server.database.query<{ address: string; reason: string }>(
      "SELECT address, reason FROM suppressed_destinations ORDER BY address",
    );
    return rows.map(({ address, reason }) => `${address} ${reason}`);
  }

  async function contacts() {
    return server.database.query(
      "SELECT address, unsubscribe_all, attributes, preferences FROM contacts ORDER BY address",
    );
  }

  async function createList() {
    await server.database.query(
      `INSERT INTO contact_lists (scope, name, topics, tags, created_at, updated_at) VALUES (1, 'people', $1, '[]', now(), now())`,
      [
        JSON.stringify(
          ["Sports", "Cycling"].map((name) => {
            return { TopicName: name, DisplayName: name, DefaultSubscriptionStatus: "OPT_IN" };
          }),
        ),
      ],
    );
  }

  async function run(content: string | Uint8Array, destination = suppressionPut, format: "CSV" | "JSON" = "CSV") {
    const s3Url = await uploadFile(server.url, "some/file", content);
    return endOfImport(server.client, await createImport(server.client, s3Url, destination, format));
  }

  it("puts addresses of a CSV file on the suppression list", async () => {
    const job = await run("a@Example.COM,BOUNCE\r\n\r\nB@example.com , complaint\ra@example.com,COMPLAINT");
    expect(job).toMatchObject({
      JobStatus: "COMPLETED",
      ImportDestination: suppressionPut,
      ImportDataSource: { S3Url: "s3://lists/some/file", DataFormat: "CSV" },
      ProcessedRecordsCount: 3,
      FailedRecordsCount: 0,
    });
    expect(job.FailureInfo).toBeUndefined();
    expect(await suppressed()).toEqual(["B@example.com COMPLAINT", "a@example.com COMPLAINT"]);
    const messageIds = await server.database.query(
      "SELECT 1 FROM suppressed_destinations WHERE message_id IS NOT NULL",
    );
    expect(messageIds).toEqual([]);
  });

  it.each([
    ["a byte order mark", "\ufeffa@example.com,BOUNCE\nb@example.com,BOUNCE\n"],
    ["quotes", '"a@example.com","BOUNCE"\n"b@example.com" , "BOUNCE" \n'],
    ["a header", "EmailAddress,reason\na@example.com,BOUNCE\nb@example.com,BOUNCE"],
    ["gzip", gzipSync("a@example.com,BOUNCE\nb@example.com,BOUNCE\n")],
    ["gzip of two members", Buffer.concat(["a", "b"].map((name) => gzipSync(`${name}@example.com,BOUNCE\n`)))],
  ])("reads CSV with %s", async (_what, content) => {
    expect(await run(content)).toMatchObject({
      JobStatus: "COMPLETED",
      ProcessedRecordsCount: 2,
      FailedRecordsCount: 0,
    });
    expect(await suppressed()).toEqual(["a@example.com BOUNCE", "b@example.com BOUNCE"]);
  });

  it("reads JSON by lines and over lines", async () => {
    const pretty = JSON.stringify({ emailAddress: "b@example.com", reason: "COMPLAINT" }, null, 2);
    const job = await run(
      `{"emailAddress":"a@example.com","reason":"BOUNCE"}\n\n${pretty}\r\n${pretty.replace("b@", "c@")}`,
      suppressionPut,
      "JSON",
    );
    expect(job).toMatchObject({ JobStatus: "COMPLETED", ProcessedRecordsCount: 3, FailedRecordsCount: 0 });
    expect(await suppressed()).toEqual(["a@example.com BOUNCE", "b@example.com COMPLAINT", "c@example.com COMPLAINT"]);
  });

  it("loses no rows to a quote that is not closed", async () => {
    await createList();
    const rows = [
      "emailAddress,unsubscribeAll,attributesData",
      '2@example.com,false,"oops',
      "3@example.com,false,",
      "4@example.com,false,",
      '5@example.com,false,"{""a"":1}"',
      "6@example.com,false,",
      '7@example.com,false,"oops',
      "8@example.com,false,",
      '9@example.com,false,oops"',
    ];
    const job = await run(rows.join("\n"), contactsOf("people", "PUT"));
    expect(job).toMatchObject({ JobStatus: "COMPLETED", ProcessedRecordsCount: 8, FailedRecordsCount: 4 });
    const addresses = ["3", "4", "5", "6"].map((name) => ({ address: `${name}@example.com` }));
    expect(await contacts()).toMatchObject(addresses);
    const lines = (await failedRecords(job)).split("\r\n").slice(1, -1);
    expect(lines.map((line) => line.replace(/"The record can't be read: .*?\."/, "reason"))).toEqual([
      '2,reason,"2@example.com,false,""oops"',
      '7,reason,"7@example.com,false,""oops"',
      '8,reason,"8@example.com,false,"',
      '9,reason,"9@example.com,false,oops"""',
    ]);
  });

  it("fails on a JSON array, and names it", async () => {
    const job = await run('[\n{"emailAddress":"a@example.com","reason":"BOUNCE"}\n]', suppressionPut, "JSON");
    expect(job).toMatchObject({ JobStatus: "FAILED", FailureInfo: { ErrorMessage: expect.stringContaining("array") } });
  });

  it("tells of each bad record with its line, and takes the others", async () => {
    const job = await run(
      Buffer.concat([
        Buffer.from('a@example.com,BOUNCE\n=nobody,BOUNCE\n\nb@example.com,WHY\n"c@example.com\n,BOUNCE\n'),
        Buffer.from([0x64, 0xff, 0x0a]),
        Buffer.from(`${"x".repeat(200_000)}\nd@example.com\ne@example.com,COMPLAINT\n`),
      ]),
    );
    expect(job).toMatchObject({ JobStatus: "COMPLETED", ProcessedRecordsCount: 9, FailedRecordsCount: 7 });
    expect(job.FailureInfo?.ErrorMessage).toBeUndefined();
    const lines = (await failedRecords(job)).split("\r\n");
    expect(lines[0]).toBe("line,reason,record");
    expect(lines[1]).toBe(`2,"The email address is not valid.","'=nobody,BOUNCE"`);
    expect(lines[2]).toBe('4,"The reason must be BOUNCE or COMPLAINT.","b@example.com,WHY"');
    expect(lines[3]).toMatch(/^5,"The record can't be read: a quote .*never closed\."/);
    expect(lines.slice(4, 8).map((line) => line.slice(0, 45))).toEqual([
      '6,"The email address is missing.",",BOUNCE"',
      `7,"The record can't be read: it is not UTF-8.`,
      `8,"The record can't be read: it is longer tha`,
      '9,"The reason is missing: it must be BOUNCE o',
    ]);
    expect(await suppressed()).toEqual(["a@example.com BOUNCE", "e@example.com COMPLAINT"]);
    expect(await server.database.query("SELECT 1 FROM import_failures")).toEqual([]);
  });

  it("takes addresses off the suppression list; one that is not there is a failed record", async () => {
    await run("a@example.com,BOUNCE\nb@example.com,BOUNCE\nc@example.com,BOUNCE");
    const job = await run("a@example.com\nnobody@example.com\nb@example.com\nb@example.com", suppressionDelete);
    expect(job).toMatchObject({ JobStatus: "COMPLETED", ProcessedRecordsCount: 4, FailedRecordsCount: 2 });
    expect(await failedRecords(job)).toBe(
      'line,reason,record\r\n2,"The address is not on the list.","nobody@example.com"\r\n4,"The address is not on the list.","b@example.com"\r\n',
    );
    expect(await suppressed()).toEqual(["c@example.com BOUNCE"]);
  });

  it("puts contacts as AWS's own samples have them", async () => {
    await createList();
    const csv = [
      "emailAddress,unsubscribeAll,attributesData,topicPreferences.Sports,topicPreferences.Cycling",
      'example1@amazon.com,false,{"Name": "John"},OPT_IN,OPT_OUT',
      'example2@amazon.com,true,{"Name": "Jo, Ann", "Of": {"a": [1, 2]}},OPT_OUT,',
      'example3@amazon.com,,"{""Name"":\n""Quoted""}",,',
    ].join("\n");
    expect(await run(csv, contactsOf("people", "PUT"))).toMatchObject({
      JobStatus: "COMPLETED",
      ProcessedRecordsCount: 3,
      FailedRecordsCount: 0,
    });
    expect(await contacts()).toEqual([
      {
        address: "example1@amazon.com",
        unsubscribe_all: false,
        attributes: '{"Name": "John"}',
        preferences: { Sports: "OPT_IN", Cycling: "OPT_OUT" },
      },
      {
        address: "example2@amazon.com",
        unsubscribe_all: true,
        attributes: '{"Name": "Jo, Ann", "Of": {"a": [1, 2]}}',
        preferences: { Sports: "OPT_OUT" },
      },
      { address: "example3@amazon.com", unsubscribe_all: false, attributes: '{"Name":\n"Quoted"}', preferences: {} },
    ]);

    const json = `{
      "emailAddress": "example1@amazon.com",
      "unsubscribeAll": true,
      "topicPreferences": [{ "topicName": "Sports", "subscriptionStatus": "OPT_OUT" }]
    }\n{"emailAddress": "example2@amazon.com", "attributesData": "{\\"Name\\": \\"{\\"}"}`;
    expect(await run(json, contactsOf("people", "PUT"), "JSON")).toMatchObject({
      JobStatus: "COMPLETED",
      FailedRecordsCount: 0,
    });
    // Replaced as a whole.
    expect(await contacts()).toMatchObject([
      { attributes: null, unsubscribe_all: true, preferences: { Sports: "OPT_OUT" } },
      { attributes: '{"Name": "{"}', unsubscribe_all: false, preferences: {} },
      { address: "example3@amazon.com" },
    ]);

    const gone = await run("EMAILADDRESS\nexample1@amazon.com\nnobody@amazon.com", contactsOf("people", "DELETE"));
    expect(gone).toMatchObject({ JobStatus: "COMPLETED", ProcessedRecordsCount: 2, FailedRecordsCount: 1 });
    expect((await contacts()).length).toBe(2);
  });

  it("counts bad contacts", async () => {
    await createList();
    const job = await run(
      'emailAddress,unsubscribeAll,attributesData,topicPreferences.Sports,topicPreferences.Chess\na@x.com,maybe,,,\nb@x.com,,{"a",,\nc@x.com,,[1],,\nd@x.com,,,MAYBE,\ne@x.com,,,,OPT_IN\n,,,,\nf@x.com,,,,',
      contactsOf("people", "PUT"),
    );
    expect(job).toMatchObject({ JobStatus: "COMPLETED", ProcessedRecordsCount: 7, FailedRecordsCount: 6 });
    expect(await contacts()).toMatchObject([{ address: "f@x.com" }]);
  });

  it.each([
    ["an empty file", "", "empty"],
    ["a broken gzip file", Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5, 6, 7]), "can't be unpacked"],
    ["UTF-16", Buffer.from("\ufeffa@example.com", "utf16le"), "UTF-16"],
    ["a ZIP archive", Buffer.from("PK\u0003\u0004zip"), "ZIP"],
    ["too many records", "a@example.com,BOUNCE\n".repeat(51), "more than 50 records"],
    [
      "too many records, in one that a quote takes in",
      `"${"a@example.com,BOUNCE\n".repeat(50)},"`,
      "more than 50 records",
    ],
    [
      "gzip that unpacks to too much",
      gzipSync(`a@example.com,BOUNCE\n${"x".repeat(2_000_000)}`),
      "more than 2000000 bytes",
    ],
    [
      "gzip of too many empty lines",
      gzipSync(`a@example.com,BOUNCE${"\n".repeat(2_000_000)}`),
      "more than 2000000 bytes",
    ],
    ["semicolons", "a@example.com;BOUNCE\n", "separated by a semicolon (;)"],
  ])("fails on %s and changes nothing", async (_what, content, text) => {
    const job = await run(content);
    expect(job).toMatchObject({ JobStatus: "FAILED", FailureInfo: { ErrorMessage: expect.stringContaining(text) } });
    expect(job.CompletedTimestamp).toBeInstanceOf(Date);
    expect(await suppressed()).toEqual([]);
  });

  it.each([
    ["no column emailAddress", "address,unsubscribeAll\na@x.com,true", "no column emailAddress"],
    ["an unknown column", "emailAddress,topicPreference.Sports\na@x.com,OPT_IN", "not known"],
    ["no records but a header that can't be read", '"emailAddress\n', "no column emailAddress"],
  ])("fails on contacts with %s", async (_what, content, text) => {
    await createList();
    const job = await run(content, contactsOf("people", "PUT"));
    expect(job).toMatchObject({ JobStatus: "FAILED", FailureInfo: { ErrorMessage: expect.stringContaining(text) } });
  });

  it("fails on a file that is not there", async () => {
    const job = await endOfImport(
      server.client,
      await createImport(server.client, "s3://lists/no/such.csv", suppressionPut),
    );
    expect(job).toMatchObject({
      JobStatus: "FAILED",
      FailureInfo: { ErrorMessage: expect.stringContaining("There is no file s3://lists/no/such.csv") },
    });
  });

  it("refuses what it can't do", async () => {
    const create = (destination: object, s3Url = "s3://lists/file") =>
      server.client.send(
        new CreateImportJobCommand({
          ImportDestination: destination,
          ImportDataSource: { S3Url: s3Url, DataFormat: "CSV" },
        }),
      );
    await expect(create({})).rejects.toMatchObject({ name: "BadRequestException" });
    await expect(create({ ...suppressionPut, ...contactsOf("people", "PUT") })).rejects.toMatchObject({
      name: "BadRequestException",
    });
    await expect(create(contactsOf("people", "PUT"))).rejects.toMatchObject({
      name: "NotFoundException",
      message: "ContactList <people> doesn't exist",
    });
    for (const url of [
      "s3://mail/a",
      "s3://exports/a",
      "s3://imports/a",
      "s3://.unfinished/a",
      "s3://lists/../mail/a",
    ]) {
      await expect(create(suppressionPut, url), url).rejects.toMatchObject({ name: "BadRequestException" });
    }
    await expect(server.client.send(new GetImportJobCommand({ JobId: "nothing" }))).rejects.toMatchObject({
      name: "NotFoundException",
    });
    expect(await server.database.query("SELECT 1 FROM import_jobs")).toEqual([]);
  });

  it("lists jobs, oldest first, by pages and by destination", async () => {
    await createList();
    const ids: string[] = [];
    for (const destination of [suppressionPut, contactsOf("people", "PUT"), suppressionDelete]) {
      const id = await createImport(server.client, "s3://lists/none", destination);
      ids.push(id);
      await endOfImport(server.client, id);
    }
    const list = async (input: ListImportJobsCommandInput) => {
      const { ImportJobs: jobs = [], NextToken: token } = await server.client.send(new ListImportJobsCommand(input));
      return { ids: jobs.map(({ JobId: id }) => id), token };
    };
    expect(await list({})).toEqual({ ids, token: undefined });
    const first = await list({ PageSize: 2 });
    expect(first.ids).toEqual(ids.slice(0, 2));
    expect(await list({ PageSize: 2, NextToken: first.token })).toEqual({ ids: ids.slice(2), token: undefined });
    expect((await list({ ImportDestinationType: "CONTACT_LIST" })).ids).toEqual([ids[1]]);
    await expect(list({ NextToken: first.token, ImportDestinationType: "CONTACT_LIST" })).rejects.toMatchObject({
      message: "Invalid Next Token",
    });
  });

  it("cancels a job, and no other", async () => {
    const done = await createImport(server.client, "s3://lists/none", suppressionPut);
    await endOfImport(server.client, done);
    const cancel = (id: string) => fetch(`${server.url}/admin/import-jobs/${id}/cancel`, { method: "POST" });
    expect((await cancel(done)).status).toBe(409);
    expect((await cancel("nothing")).status).toBe(404);
  });

  it("takes an upload only as it was signed, and not too large", async () => {
    const asked = await fetch(`${server.url}/admin/uploads`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ bucket: "lists", key: "one/two.csv" }),
    });
    const { url }: { url: string } = JSON.parse(await asked.text());
    expect((await fetch(url.replace("two.csv", "three.csv"), { method: "PUT", body: "x" })).status).toBe(403);
    expect((await fetch(url.replace(/expires=\d+/, "expires=1"), { method: "PUT", body: "x" })).status).toBe(403);
    expect((await fetch(url, { method: "PUT", body: "x".repeat(1_000_001) })).status).toBe(413);
    expect((await fetch(url, { method: "PUT", body: "x" })).status).toBe(200);
    for (const [bucket, key] of [
      ["mail", "a"],
      ["lists", "../a"],
      ["lists", ""],
      [1, 2],
    ]) {
      const refused = await fetch(`${server.url}/admin/uploads`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ bucket, key }),
      });
      expect(refused.status).toBe(400);
    }
  });
});

/** In S3 all accounts use the same buckets: a job can't name the files of another account. */
import { SESv2 } from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Credentials, signedCall } from "./support/admin-caller.ts";
import { suppressionPut } from "./support/import-jobs.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { createKey } from "./support/keys-of.ts";

const [other, third] = ["111122223333", "444455556666"];
let server: InProcessServer;
let ours: Credentials;
let clients: { ours: SESv2; theirs: SESv2 };

beforeAll(async () => {
  server = await startInProcess({
    environment: {
      MAILGLASS_AUTH: "required",
      MAILGLASS_S3_BUCKET: "own",
      MAILGLASS_EXPORT_BUCKETS: "download,reports",
      MAILGLASS_IMPORT_WORKERS: "0",
      MAILGLASS_EXPORT_WORKERS: "0",
    },
  });
  ours = await createKey(server, new Date());
  for (const id of [other, third]) {
    await signedCall(server, ours, "/admin/accounts", { method: "POST", content: { id } });
  }
  const client = (credentials: Credentials) =>
    new SESv2({ endpoint: server.url, region: "us-east-1", credentials, maxAttempts: 1 });
  clients = { ours: client(ours), theirs: client(await createKey(server, new Date(), { account: other })) };
});
afterAll(async () => {
  for (const client of Object.values(clients)) client.destroy();
  await server.close();
});

it.each([
  ["theirs", `${other}/a.csv`, true],
  ["theirs", `${other}/deep/a.csv`, true],
  // What the default account uploaded, and what others did.
  ["theirs", "a.csv", false],
  ["theirs", `${other}.csv`, false],
  ["theirs", `${other}`, false],
  ["theirs", `${third}/a.csv`, false],
  ["theirs", `x/${other}/a.csv`, false],
  ["ours", "a.csv", true],
  ["ours", "000000000000/a.csv", true],
  // As the default account may have named its files before there were others.
  ["ours", "202611300000/a.csv", true],
  ["ours", `${other}.csv`, true],
  ["ours", `${other}/a.csv`, false],
] as const)("a job of %s may name the key %s: %s", async (who, key, may) => {
  const day = new Date("2026-11-01T00:00:00Z");
  const jobs = [
    clients[who].createImportJob({
      ImportDestination: suppressionPut,
      ImportDataSource: { S3Url: `s3://lists/${key}`, DataFormat: "CSV" },
    }),
    clients[who].createExportJob({
      ExportDataSource: { MessageInsightsDataSource: { StartDate: day, EndDate: new Date("2026-11-02T00:00:00Z") } },
      ExportDestination: { DataFormat: "CSV", S3Url: `s3://reports/${key}` },
    }),
  ];
  for (const [index, job] of jobs.entries()) {
    if (may) expect((await job).JobId).toBeDefined();
    else {
      await expect(job).rejects.toMatchObject({
        name: "BadRequestException",
        message: expect.stringContaining(`<s3://${index === 0 ? "lists" : "reports"}/${key}> is not the account's`),
      });
    }
  }
});

it("what is to be downloaded, and what an operator uploads for an account, is the account's", async () => {
  const day = { StartDate: new Date("2026-11-01T00:00:00Z"), EndDate: new Date("2026-11-02T00:00:00Z") };
  const ExportDestination = { DataFormat: "CSV" as const, S3Url: "s3://download/a.csv" };
  await clients.theirs.createExportJob({ ExportDataSource: { MessageInsightsDataSource: day }, ExportDestination });
  const content = { bucket: "lists", key: "a.csv" };
  const place = await signedCall(server, ours, `/admin/uploads?account=${other}`, { method: "POST", content });
  expect(JSON.parse(place.text).s3Url).toBe(`s3://lists/${other}/a.csv`);
});

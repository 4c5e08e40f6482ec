/** A server that is killed in the midst of an import goes on where it was: each record counts and takes effect once. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { GetImportJobCommand } from "@aws-sdk/client-sesv2";
import { expect, it, onTestFailed } from "vitest";
import { openEmbedded } from "../src/stores/postgres/embedded.ts";
import { createImport, endOfImport, failedRecords, suppressionPut } from "./support/import-jobs.ts";
import { removeFolder, startServer, temporaryFolder } from "./support/server-process.ts";

const rows = 60_000;
const environment = { MAILGLASS_IMPORT_MAX_SUPPRESSIONS: "0" };

it("imports each record once, though it is killed twice", async () => {
  const dataDir = await temporaryFolder();
  try {
    await mkdir(join(dataDir, "objects/lists"), { recursive: true });
    // Every hundredth record is bad.
    const lines = Array.from({ length: rows }, (_, row) =>
      row % 100 === 0 ? `bad ${row}` : `user${row}@example.com,BOUNCE`,
    );
    await writeFile(join(dataDir, "objects/lists/all.csv"), lines.join("\n"));

    let id: string | undefined;
    let before = 0;
    for (let kill = 0; kill < 2; kill++) {
      await using server = await startServer({ dataDir, environment });
      onTestFailed(() => console.log(server.output()));
      const client = server.client();
      id ??= await createImport(client, "s3://lists/all.csv", suppressionPut);
      for (;;) {
        const job = await client.send(new GetImportJobCommand({ JobId: id }));
        expect(job.JobStatus, "the kill must come before the end").not.toBe("COMPLETED");
        const processed = job.ProcessedRecordsCount ?? 0;
        if (processed > before) {
          before = processed;
          break;
        }
        await delay(1);
      }
      await server.kill("SIGKILL");
    }

    await using server = await startServer({ dataDir, environment });
    onTestFailed(() => console.log(server.output()));
    const job = await endOfImport(server.client(), id ?? "");
    expect(job).toMatchObject({
      JobStatus: "COMPLETED",
      ProcessedRecordsCount: rows,
      FailedRecordsCount: rows / 100,
    });
    const failed = (await failedRecords(job)).trimEnd().split("\r\n").slice(1);
    expect(failed.map((line) => Number(line.split(",")[0]))).toEqual(
      Array.from({ length: rows / 100 }, (_, index) => index * 100 + 1),
    );
    await server.stop();
    const database = await openEmbedded(join(dataDir, "postgres"));
    const [count] = await database.query<{ count: number }>("SELECT count(*) AS count FROM suppressed_destinations");
    await database.close();
    expect(count?.count).toBe(rows - rows / 100);
  } finally {
    await removeFolder(dataDir);
  }
});

/**
 * A disk that fills up: the process ends with a clear line instead of hanging, and keeps what it acknowledged. The disk
 * is a tmpfs, which only root can mount.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CreateEmailTemplateCommand, ListEmailTemplatesCommand } from "@aws-sdk/client-sesv2";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { failureExitCode } from "../src/common/failure-exit-code.ts";
import { mountMissing } from "./support/missing-tools.ts";
import { removeFolder, spawnServer, startServer, temporaryFolder } from "./support/server-process.ts";

const megabyte = 1 << 20;

describe.skipIf(mountMissing())("a full disk", () => {
  let disk = "";
  beforeEach(async () => {
    disk = await temporaryFolder();
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=160m", "tmpfs", disk]);
  });
  afterEach(async () => {
    spawnSync("umount", ["--lazy", disk]);
    await removeFolder(disk);
  });

  test("ends the process with a clear line, and a later start has all that was acknowledged", async () => {
    const dataDir = join(disk, "data");
    const ballast = join(disk, "ballast");
    const acknowledged: string[] = [];
    {
      await using server = await startServer({ dataDir });
      const client = server.client();
      let ended = false;
      void server.exit.then(() => {
        ended = true;
      });
      // Leaves less than PostgreSQL's next log file of 16 MB, and more than fills the present one.
      const free = Number(execFileSync("stat", ["-f", "-c", "%a", disk])) * 4096;
      await writeFile(ballast, randomBytes(free - 15.5 * megabyte));
      for (let n = 0; n < 200 && !ended; n++) {
        const name = `template-${n}`;
        // Random, so that PostgreSQL can't compress it.
        const Text = randomBytes(180_000).toString("base64");
        const create = new CreateEmailTemplateCommand({ TemplateName: name, TemplateContent: { Subject: "x", Text } });
        await client.send(create).then(
          () => acknowledged.push(name),
          () => {},
        );
      }
      const exit = await server.exit;
      expect(exit).toMatchObject({ code: failureExitCode, signal: null });
      expect(exit.stderr).toMatch(
        /^mailglass: PostgreSQL \(PGlite\) has stopped: .*No space left on device\. Free space for \S+, then start again: everything acknowledged is kept\.$/m,
      );
      const fatal = exit.stdout.split("\n").findLast((line) => line.startsWith("{")) ?? "";
      expect(JSON.parse(fatal)).toMatchObject({ level: 60, err: { type: "EngineFailure" } });
    }
    expect(acknowledged.length).toBeGreaterThan(0);

    // While the disk is full, a start says so, too.
    const again = await (await spawnServer({ dataDir })).exit;
    expect(again.code).not.toBe(0);
    expect(again.stderr).toMatch(/^mailglass: .*No space left on device|ENOSPC/m);

    await rm(ballast);
    await using server = await startServer({ dataDir });
    const names: string[] = [];
    let NextToken: string | undefined;
    do {
      const page = await server.client().send(new ListEmailTemplatesCommand({ NextToken, PageSize: 100 }));
      names.push(...(page.TemplatesMetadata ?? []).map(({ TemplateName = "" }) => TemplateName));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(names.sort()).toEqual(expect.arrayContaining(acknowledged.sort()));
  });
});

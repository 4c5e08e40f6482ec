/** Damaged or missing stores: the start or the read says what is wrong and what to do; nothing wrong is answered. */
import { cp, glob, mkdir, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { GetMessageInsightsCommand, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "./support/eventually.ts";
import { simple } from "./support/sent-mail.ts";
import {
  removeFolder,
  type ServerProcess,
  spawnServer,
  startServer,
  temporaryFolder,
} from "./support/server-process.ts";

const to = "user@gmail.com";
/** The data folder of a server that has sent two messages, and one to damage. */
let whole = "";
let dataDir = "";
const ids: string[] = [];

const mailOf = (server: ServerProcess, id: string) =>
  fetch(`${server.url}/admin/messages/${id}/mail?recipient=${encodeURIComponent(to)}`);

beforeAll(async () => {
  whole = join(await temporaryFolder(), "whole");
  await using server = await startServer({ dataDir: whole });
  for (let n = 0; n < 2; n++) {
    const { MessageId = "" } = await server.client().send(new SendEmailCommand(simple()));
    ids.push(MessageId);
    expect((await mailOf(server, MessageId)).status).toBe(200);
  }
  await eventually(async () => {
    const counted = await fetch(`${server.url}/admin/messages/count`);
    expect(await counted.json()).toMatchObject({ count: 2 });
  });
});
afterAll(() => removeFolder(join(whole, "..")));

beforeEach(async () => {
  dataDir = join(whole, "../damaged");
  await rm(dataDir, { recursive: true, force: true });
  await cp(whole, dataDir, { recursive: true, mode: 0, verbatimSymlinks: true });
});

async function filesOf(pattern: string, folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const path of glob(pattern, { cwd: folder })) found.push(path);
  return found;
}

describe("a pack of mail", () => {
  let server: ServerProcess;
  let pack = "";
  let asSent: Buffer;
  // Packs are read when mail is asked for, so one server sees all damage.
  beforeAll(async () => {
    const folder = join(whole, "../packs");
    await cp(whole, folder, { recursive: true, mode: 0, verbatimSymlinks: true });
    const packs = await filesOf("objects/mail/**/*.pack", folder);
    expect(packs).toHaveLength(1);
    pack = join(folder, packs[0] ?? "");
    asSent = await readFile(pack);
    server = await startServer({ dataDir: folder });
  });
  afterAll(() => server.stop());
  afterEach(() => writeFile(pack, asSent));

  const damagesLogged = () => server.output().split('"type":"DamagedData"').length - 1;

  it.each<[string, (file: string) => Promise<void>]>([
    [
      "with a changed byte",
      async (file) => {
        const bytes = await readFile(file);
        bytes.writeUInt8(bytes.readUInt8(100) ^ 1, 100);
        await writeFile(file, bytes);
      },
    ],
    ["that is cut", (file) => truncate(file, 100)],
    ["that is empty", (file) => truncate(file)],
  ])("%s is not answered as mail: the error names its file", async (_what, damage) => {
    expect((await mailOf(server, ids[0] ?? "")).status).toBe(200);
    const before = damagesLogged();
    await damage(pack);
    const answer = await mailOf(server, ids[0] ?? "");
    expect(answer.status).toBe(500);
    expect(await answer.text()).toMatch(/The stored mail is damaged: .+\.pack.+ from a backup/);
    await eventually(() => expect(damagesLogged()).toBeGreaterThan(before));
  });
});

describe("the event database", () => {
  const parts = "clickhouse/store/*/*/2*_*_*_*";

  it("with a part that can't be read says so at the start, and knows no message by a 404", async () => {
    // The tables are known by their columns.
    for await (const file of glob(`${parts}/columns.txt`, { cwd: dataDir })) {
      if (!(await readFile(join(dataDir, file), "utf8")).includes("`bounce_sub_type`")) continue;
      await truncate(join(dataDir, file, "../data.bin"), 10);
    }
    await using server = await startServer({ dataDir });
    await eventually(() => expect(server.output()).toMatch(/the event database is damaged: .+ backup/));
    await eventually(() => expect(server.output()).toContain("broken-on-start"));
    for (const MessageId of [...ids, "never-sent"]) {
      const asked = server.client().send(new GetMessageInsightsCommand({ MessageId }));
      await expect(asked).rejects.toMatchObject({
        name: "InternalServiceErrorException",
        message: expect.stringMatching(/^Events of this message may be lost/),
      });
    }
    expect((await mailOf(server, ids[0] ?? "")).status).toBe(500);
  });

  it("that lacks a part answers no 404 for a message that it still has the state of", async () => {
    for await (const file of glob(`${parts}/columns.txt`, { cwd: dataDir })) {
      if (!(await readFile(join(dataDir, file), "utf8")).includes("`bounce_sub_type`")) continue;
      await rm(join(dataDir, file, ".."), { recursive: true });
    }
    await using server = await startServer({ dataDir });
    const asked = (MessageId: string) => server.client().send(new GetMessageInsightsCommand({ MessageId }));
    await expect(asked(ids[0] ?? "")).rejects.toMatchObject({ name: "InternalServiceErrorException" });
    await expect(asked("never-sent")).rejects.toMatchObject({ name: "NotFoundException" });
  });
});

describe("a store that was removed beside the others", () => {
  const exitOf = async (environment: Record<string, string> = {}) => (await spawnServer({ dataDir, environment })).exit;
  const lossOf = (store: string) => ({ MAILGLASS_ACCEPT_LOSS: store });

  it.each([
    ["postgres", ""],
    ["clickhouse", ""],
    // Its folder is there, with nothing in it.
    ["postgres", "empty"],
    ["clickhouse", "empty"],
  ])("%s: the start says what is missing and what to do, each time (%s)", async (store, empty) => {
    await rm(join(dataDir, store), { recursive: true });
    if (empty !== "") await mkdir(join(dataDir, store));
    for (let tries = 1; tries <= 2; tries++) {
      const exit = await exitOf();
      expect(exit.stderr).toMatch(/^mailglass: [^\n]+ (is missing|is empty), but [^\n]+\n$/);
      expect(exit.stderr).toMatch(new RegExp(`Restore .+ from a backup\\. .+ MAILGLASS_ACCEPT_LOSS=${store}\\.`));
      expect(exit).toMatchObject({ code: 1, stdout: "" });
    }
    if (empty === "") expect(await filesOf(`${store}/*`, dataDir)).toEqual([]);
  });

  it.each(["postgres", "clickhouse"])(
    "%s: a start that accepts the loss goes on, and so do later ones",
    async (store) => {
      await rm(join(dataDir, store), { recursive: true });
      for (const environment of [lossOf(store), {}]) {
        await using server = await startServer({ dataDir, environment });
        const sent = await server.client().send(new SendEmailCommand(simple()));
        expect((await mailOf(server, sent.MessageId ?? "")).status).toBe(200);
      }
    },
  );

  it("another installation's store is refused", async () => {
    const other = join(whole, "../other");
    await using server = await startServer({ dataDir: other });
    await server.stop();
    await rm(join(dataDir, "clickhouse"), { recursive: true });
    await rename(join(other, "clickhouse"), join(dataDir, "clickhouse"));
    const exit = await exitOf();
    expect(exit.stderr).toMatch(
      /^mailglass: PostgreSQL and the event database [^\n]+ different installations[^\n]+\n$/,
    );
    expect(exit.code).toBe(1);
  });

  it("the master key: a start that accepts its loss makes another one", async () => {
    await rm(join(dataDir, "master.key"));
    expect((await exitOf()).stderr).toMatch(/^mailglass: the master key is missing: [^\n]+\n$/);
    for (const environment of [lossOf("master-key"), {}]) {
      await using server = await startServer({ dataDir, environment });
      expect((await mailOf(server, ids[0] ?? "")).status).toBe(200);
    }
  });
});

/** `mailglass simulate` and the admin API behind it, against a server that runs and one that does not. */
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "./support/eventually.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { createMessageExport, downloadExport, type ExportedMessage, endOfExport } from "./support/message-export.ts";
import { type Ended, runCommand } from "./support/run-command.ts";
import { removeFolder, type ServerProcess, startServer, temporaryFolder } from "./support/server-process.ts";

const interval = { start: new Date("2020-01-01T00:00:00Z"), end: new Date("2100-01-01T00:00:00Z") };

/** Runs the command to its end. */
function command(args: readonly string[], environment: Readonly<Record<string, string>>): Promise<Ended> {
  return runCommand(["simulate", ...args], environment);
}

async function messagesIn(server: ServerProcess): Promise<ExportedMessage[]> {
  const client = server.client();
  return JSON.parse(await downloadExport(await endOfExport(client, await createMessageExport(client, interval))));
}

describe("the command", () => {
  let dataDir: string;
  beforeAll(async () => {
    dataDir = await temporaryFolder();
  });
  afterAll(() => removeFolder(dataDir));

  it("fills the stores of a server that does not run, and then one that does", async () => {
    // A port that nobody listens on.
    const stopped = await command(["--messages", "1500", "--days", "3", "--seed", "9"], {
      MAILGLASS_DATA_DIR: dataDir,
      MAILGLASS_PORT: "1",
    });
    expect(stopped).toMatchObject({ code: 0, stderr: "" });
    expect(stopped.stdout).toMatch(
      new RegExp(`^1500 messages with \\d+ events are in ${dataDir} \\(\\d+ messages/s\\)`),
    );

    await using server = await startServer({ dataDir });
    expect(await messagesIn(server)).toHaveLength(1_500);
    const running = await command(["--messages", "700", "--days", "3", "--seed", "10"], {
      MAILGLASS_DATA_DIR: dataDir,
      MAILGLASS_PORT: new URL(server.url).port,
    });
    expect(running).toMatchObject({ code: 0, stderr: "" });
    expect(running.stdout).toMatch(new RegExp(`^700 messages with \\d+ events are in the server at ${server.url} `));
    const rows = await messagesIn(server);
    expect(new Set(rows.map(({ messageid }) => messageid)).size).toBe(2_200);

    // Not on its port, but with its data.
    const kept = await command(["--messages", "1"], { MAILGLASS_DATA_DIR: dataDir, MAILGLASS_PORT: "1" });
    expect(kept.code).toBe(1);
    expect(kept.stderr).toContain(dataDir);
    expect(await messagesIn(server)).toHaveLength(2_200);
  });

  it.each([
    [["--messages", "0"], "messages must be a whole number from 1 to 100000000"],
    [["--days", "soon"], "days must be a number above 0, up to 3650"],
    [["--speed", "9"], "Unknown option '--speed'"],
    [["everything"], "Unexpected argument 'everything'"],
  ])("refuses %j with its usage", async (args, message) => {
    const { code, stdout, stderr } = await command(args, { MAILGLASS_DATA_DIR: dataDir, MAILGLASS_PORT: "1" });
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr.startsWith(`mailglass simulate: ${message}`)).toBe(true);
    expect(stderr).toContain("usage: mailglass simulate [--messages N]");
  });

  it("says so where the server stops in the midst of it", async () => {
    await using server = await startServer();
    const environment = { MAILGLASS_PORT: new URL(server.url).port };
    const running = command(["--messages", "2000000"], environment);
    await eventually(async () => expect((await messagesIn(server)).length).toBeGreaterThan(0));
    expect((await server.stop()).code).toBe(0);
    expect(await running).toEqual({
      code: 1,
      stdout: "",
      stderr: `mailglass simulate: the server at ${server.url} says: the server is stopping\n`,
    });
  });
});

describe("POST /admin/simulations", () => {
  let server: InProcessServer;
  beforeAll(async () => {
    server = await startInProcess();
  });
  afterAll(() => server.close());

  const post = (body: string | undefined, headers: Record<string, string> = { "content-type": "application/json" }) =>
    fetch(`${server.url}/admin/simulations`, { method: "POST", body, headers });

  async function events(): Promise<number> {
    await server.outbox.idle();
    await server.recorder.drained();
    const answer = await server.events.client.query({
      query: "SELECT count() AS n FROM events",
      format: "JSONEachRow",
    });
    const [row] = await answer.json<{ n: number | string }>();
    return Number(row?.n);
  }

  it("tells how far it is, and at the end what it did", async () => {
    const answer = await post('{"messages": 12000, "days": 2, "seed": 4}');
    expect(answer.headers.get("content-type")).toBe("application/x-ndjson");
    const lines = (await answer.text()).split("\n");
    expect(lines.pop()).toBe("");
    const told = lines.map((line) => JSON.parse(line));
    expect(told.length).toBeGreaterThan(3);
    expect(told.at(-1)).toEqual({ messages: 12_000, events: await events(), done: true });
    expect(told.slice(0, -1).some(({ done }) => done)).toBe(false);
  });

  it.each<[string, string | undefined, string, string]>([
    ["no messages", '{"messages": 0}', "application/json", "messages must be a whole number from 1 to 100000000"],
    ["a text", '{"seed": "1"}', "application/json", "seed must be a whole number from 0"],
    ["what it does not know", '{"speed": 1}', "application/json", "there is no speed: "],
    ["a list", "[]", "application/json", "a simulation takes a JSON object"],
    ["null", "null", "application/json", "a simulation takes a JSON object"],
    ["half of an object", '{"messages": ', "application/json", "Body is not valid JSON"],
    ["a prototype", '{"__proto__": {}}', "application/json", "Body is not valid JSON"],
    ["an empty body", "", "application/json", "Body cannot be empty"],
    ["no type", undefined, "", "a simulation takes a JSON object"],
  ])("refuses %s", async (_what, body, type, message) => {
    const before = await events();
    const answer = await post(body, type === "" ? {} : { "content-type": type });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ message: expect.stringContaining(message) });
    expect(await events()).toBe(before);
  });

  it("refuses another type", async () => {
    const before = await events();
    const answer = await post('{"messages": 5}', { "content-type": "text/plain" });
    expect([answer.status, await answer.json()]).toEqual([415, { message: "The body must be JSON." }]);
    expect(await events()).toBe(before);
  });

  it("takes a client that leaves before it is told anything for no error", async () => {
    const { hostname, port, host } = new URL(server.url);
    const body = '{"messages": 5000000}';
    const connections = () =>
      new Promise((resolve) => server.app.server.getConnections((_error, count) => resolve(count)));
    server.app.server.closeIdleConnections();
    await expect.poll(connections).toBe(0);
    const asked = once(server.app.server, "request");
    const socket = connect(Number(port), hostname);
    socket.write(
      `POST /admin/simulations HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    await asked;
    socket.destroy();
    await expect.poll(connections).toBe(0);
    await events();
    expect(server.logged).toEqual([]);
  });

  it("stops when its client goes away", async () => {
    const before = await events();
    const client = new AbortController();
    const answer = await fetch(`${server.url}/admin/simulations`, {
      method: "POST",
      body: '{"messages": 5000000}',
      headers: { "content-type": "application/json" },
      signal: client.signal,
    });
    await answer.body?.getReader().read();
    client.abort();
    await eventually(async () => {
      const count = await events();
      await delay(300);
      expect(await events()).toBe(count);
    });
    const added = (await events()) - before;
    expect(added).toBeGreaterThan(0);
    expect(added).toBeLessThan(5_000_000);
    expect(server.logged).toEqual([]);
  });
});

/** A server that is started before its PostgreSQL and ClickHouse answer: it waits, says so, and can be told to stop. */
import { SendEmailCommand } from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ClickHouseStandIn, startClickHouse } from "./support/clickhouse-http-over-chdb.ts";
import { createServerDatabase, type ServerDatabase } from "./support/databases.ts";
import { eventually } from "./support/eventually.ts";
import { freePort } from "./support/free-port.ts";
import { openLink } from "./support/network-link.ts";
import {
  createClient,
  removeFolder,
  type StartingServer,
  spawnServer,
  temporaryFolder,
} from "./support/server-process.ts";

let dataDir: string;
let postgres: ServerDatabase;
let clickhouse: ClickHouseStandIn;

beforeAll(async () => {
  dataDir = await temporaryFolder();
  postgres = await createServerDatabase("nothing");
  clickhouse = await startClickHouse();
});
afterAll(async () => {
  await clickhouse?.stop();
  await postgres?.drop();
  await removeFolder(dataDir);
});

/** The same URL with another port, to be reached over a link. */
function atPort(url: string, port: number): string {
  const moved = new URL(url);
  moved.port = String(port);
  return moved.href;
}

const simpleSend = () =>
  new SendEmailCommand({
    FromEmailAddress: "sender@example.com",
    Destination: { ToAddresses: ["someone@example.com"] },
    Content: { Simple: { Subject: { Data: "At last" }, Body: { Text: { Data: "Hello" } } } },
  });

const said = (server: StartingServer, text: string) => eventually(() => expect(server.output()).toContain(text));

describe("a server whose stores do not answer yet", () => {
  it("waits for one after the other, then serves", async () => {
    const [postgresPort, clickhousePort] = [await freePort(), await freePort()];
    const starting = await spawnServer({
      dataDir,
      environment: {
        MAILGLASS_POSTGRES_URL: atPort(postgres.url, postgresPort),
        MAILGLASS_CLICKHOUSE_URL: atPort(clickhouse.url, clickhousePort),
      },
    });
    try {
      await said(starting, "PostgreSQL does not answer yet and is waited for");
      await using _toPostgres = await openLink(Number(new URL(postgres.url).port), postgresPort);
      await said(starting, "ClickHouse does not answer yet and is waited for");
      await using _toClickhouse = await openLink(Number(new URL(clickhouse.url).port), clickhousePort);
      const client = createClient(await starting.listening);
      const sent = await client.send(simpleSend());
      expect(sent.MessageId).toMatch(/^0100/);
      client.destroy();
      expect(await starting.kill("SIGTERM")).toMatchObject({ code: 0 });
    } finally {
      await starting.kill("SIGKILL");
    }
  });

  it("gives up after the configured time, in one line that has the setting and no password", async () => {
    const url = new URL(atPort(postgres.url, await freePort()));
    url.password = "hunter2";
    const exit = await (
      await spawnServer({
        dataDir,
        environment: { MAILGLASS_POSTGRES_URL: url.href, MAILGLASS_STORES_WAIT_SECONDS: "1" },
      })
    ).exit;
    expect(exit.code).toBe(1);
    expect(exit.stderr).toMatch(
      /^mailglass: PostgreSQL does not answer \([3-9] tries in 1 s; the last: [^\n]*ECONNREFUSED[^\n]*\)\. Is it up, and is MAILGLASS_POSTGRES_URL right\?\n$/,
    );
    expect(exit.stdout + exit.stderr).not.toContain("hunter2");
  });

  it("does not wait for one that refuses it", async () => {
    await using wrong = await startClickHouseWithPassword();
    const exit = await (
      await spawnServer({
        dataDir,
        environment: { MAILGLASS_POSTGRES_URL: postgres.url, MAILGLASS_CLICKHOUSE_URL: wrong.url },
      })
    ).exit;
    expect(exit.code).toBe(1);
    expect(exit.stderr).toMatch(/^mailglass: MAILGLASS_CLICKHOUSE_URL: [^\n]*Authentication failed[^\n]*\n$/);
    expect(exit.stdout).not.toContain("is waited for");
  });

  it.each([
    ["user", { username: "nobody_here" }],
    ["database", { pathname: "/nothing_here" }],
    ["TLS", { search: "sslmode=verify-full" }],
  ])("names the setting in one line where PostgreSQL refuses it: %s", async (_what, change) => {
    const url = Object.assign(new URL(postgres.url), { password: "hunter2" }, change);
    const exit = await (await spawnServer({ dataDir, environment: { MAILGLASS_POSTGRES_URL: url.href } })).exit;
    expect(exit.stderr).toMatch(/^mailglass: MAILGLASS_POSTGRES_URL: PostgreSQL can't be used: [^\n]+\n$/);
    expect(exit.code).toBe(1);
    expect(exit.stdout + exit.stderr).not.toMatch(/hunter2|is waited for/);
  });

  it.each(["SIGTERM", "SIGINT"] as const)("ends at once, with exit code 0, on %s", async (signal) => {
    const starting = await spawnServer({
      dataDir,
      environment: { MAILGLASS_POSTGRES_URL: atPort(postgres.url, await freePort()) },
    });
    await said(starting, "PostgreSQL does not answer yet");
    expect(await starting.kill(signal)).toMatchObject({ code: 0, signal: null, stderr: "" });
  });
});

describe("a server whose PostgreSQL falls silent", () => {
  it("ends on SIGTERM all the same", async () => {
    await using link = await openLink(Number(new URL(postgres.url).port));
    const starting = await spawnServer({
      dataDir,
      environment: {
        MAILGLASS_POSTGRES_URL: atPort(postgres.url, link.port),
        MAILGLASS_CLICKHOUSE_URL: clickhouse.url,
      },
    });
    try {
      const client = createClient(await starting.listening);
      link.cut();
      const unanswered = expect(client.send(simpleSend())).rejects.toThrow();
      expect(await starting.kill("SIGTERM")).toMatchObject({ signal: null });
      await unanswered;
      client.destroy();
    } finally {
      await starting.kill("SIGKILL");
    }
  });
});

async function startClickHouseWithPassword(): Promise<AsyncDisposable & { url: string }> {
  const { url, stop } = await startClickHouse({ password: "another" });
  return { url, [Symbol.asyncDispose]: stop };
}

/** The server as a process: starts that must be refused, and an orderly end. */
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { GetMessageInsightsCommand, SESv2ServiceException, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "./support/eventually.ts";
import { refusalsIn, startMailLoad } from "./support/mail-load.ts";
import { createMessageExport, downloadExport, type ExportedMessage, endOfExport } from "./support/message-export.ts";
import {
  removeFolder,
  type ServerProcess,
  spawnServer,
  startServer,
  temporaryFolder,
} from "./support/server-process.ts";

let dataDir: string;
beforeAll(async () => {
  dataDir = await temporaryFolder();
});
afterAll(() => removeFolder(dataDir));

describe("a start that is refused", () => {
  it.each([
    ["MAILGLASS_DELIVERY", "pigeon"],
    ["MAILGLASS_MAX_BODY_BYTES", "12 MB"],
  ])("names a bad setting in one line: %s=%s", async (name, value) => {
    const exit = await (await spawnServer({ dataDir, environment: { [name]: value } })).exit;
    expect(exit.stderr).toMatch(new RegExp(`^mailglass: ${name}: [^\n]+\n$`));
    expect(exit).toMatchObject({ code: 1, stdout: "" });
  });

  describe("beside one that was not", () => {
    let server: ServerProcess;
    beforeAll(async () => {
      server = await startServer({ dataDir, environment: { MAILGLASS_PROT: "8025" } });
    });
    afterAll(async () => {
      expect((await server.stop()).code).toBe(0);
    });

    it("is not one for a name that is no setting: the log warns of it", async () => {
      await eventually(() =>
        expect(server.output()).toContain("MAILGLASS_PROT is no setting of this version and does nothing"),
      );
    });

    it("names the port that is taken", async () => {
      const other = await temporaryFolder();
      const port = new URL(server.url).port;
      const exit = await (await spawnServer({ dataDir: other, environment: { MAILGLASS_PORT: port } })).exit;
      await removeFolder(other);
      expect(exit.stderr.trimEnd().split("\n").at(-1)).toMatch(new RegExp(`^mailglass: .*${port}`));
      expect(exit.code).toBe(1);
    });

    it("names the data folder that another server uses, and leaves that server alone", async () => {
      const second = await (await spawnServer({ dataDir })).exit;
      expect(second.stderr).toMatch(/^mailglass: the data folder \S+ is in use by [^\n]+\n$/);
      expect(second.stderr).toContain(String(server.pid));
      expect(second).toMatchObject({ code: 1, stdout: "" });

      const health = await fetch(`${server.url}/health`);
      expect(health.status).toBe(200);
      const sent = await server.client().send(
        new SendEmailCommand({
          FromEmailAddress: "sender@example.com",
          Destination: { ToAddresses: ["someone@example.com"] },
          Content: { Simple: { Subject: { Data: "Still here" }, Body: { Text: { Data: "Hello" } } } },
        }),
      );
      expect(sent.MessageId).toMatch(/^0100/);
    });
  });
});

describe("SIGTERM", () => {
  it("ends a server with exit code 0 from the moment that it says that it listens", async () => {
    await using server = await startServer({ dataDir });
    const exit = await server.kill("SIGTERM");
    expect(exit).toMatchObject({ code: 0, signal: null });
  });

  it("answers every request that it has begun to read, and ends with exit code 0", async () => {
    await using server = await startServer({ dataDir });
    // The answer `100 Continue` proves that a request has arrived; its body only follows after the signal.
    const requests = await Promise.all(Array.from({ length: 16 }, (_, n) => beginSend(server.url, `in-flight-${n}`)));
    const exit = server.kill("SIGTERM");
    await until(() => server.output().includes("stopping"));
    const answers = await Promise.all(requests.map((request) => request.finish()));
    expect(answers.map(({ status }) => status)).toEqual(requests.map(() => 200));
    expect(await exit).toMatchObject({ code: 0, signal: null });

    await using restarted = await startServer({ dataDir });
    const client = restarted.client();
    for (const [n, { body }] of answers.entries()) {
      const { MessageId }: { MessageId: string } = JSON.parse(body);
      const insights = await client.send(new GetMessageInsightsCommand({ MessageId }));
      expect(insights.Subject).toBe(`in-flight-${n}`);
    }
  });

  it("under load accepts exactly what it acknowledges", async () => {
    const begun = new Date();
    await using server = await startServer({ dataDir });
    const load = startMailLoad(server.client(), "terminated", 16);
    await load.reached(200);
    const exit = await server.kill("SIGTERM");
    await load.stop();
    expect(exit).toMatchObject({ code: 0, signal: null });
    // What comes after the signal is turned away, on connections that are being closed or with 503: never half done.
    expect(refusalsIn(load.failures).filter((failure) => !isUnavailable(failure))).toEqual([]);

    await using restarted = await startServer({ dataDir });
    const client = restarted.client();
    const job = await endOfExport(client, await createMessageExport(client, { start: begun, end: new Date() }));
    const rows: ExportedMessage[] = JSON.parse(await downloadExport(job));
    const exported = new Set(rows.map((row) => row.messageid));
    expect([...exported].sort()).toEqual(load.acknowledged.map(({ id }) => id).sort());
  });
});

/** A request whose head has arrived at the server. */
interface BegunRequest {
  /** Sends the body; resolves to the answer. */
  finish(): Promise<{ status: number | undefined; body: string }>;
}

async function beginSend(url: string, subject: string): Promise<BegunRequest> {
  const body = JSON.stringify({
    FromEmailAddress: "sender@example.com",
    Destination: { ToAddresses: ["someone@example.com"] },
    Content: { Simple: { Subject: { Data: subject }, Body: { Text: { Data: "Hello" } } } },
  });
  const sent = request(`${url}/v2/email/outbound-emails`, {
    method: "POST",
    agent: false,
    headers: {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      expect: "100-continue",
    },
  });
  sent.flushHeaders();
  await once(sent, "continue");
  return {
    async finish() {
      const answer = new Promise<IncomingMessage>((resolve, reject) => {
        sent.once("response", resolve);
        sent.once("error", reject);
      });
      sent.end(body);
      const response = await answer;
      return { status: response.statusCode, body: Buffer.concat(await response.toArray()).toString("utf8") };
    },
  };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(5);
}

/** A client that hears 503 tries again elsewhere or later. */
function isUnavailable(failure: unknown): boolean {
  return failure instanceof SESv2ServiceException && failure.$metadata.httpStatusCode === 503;
}

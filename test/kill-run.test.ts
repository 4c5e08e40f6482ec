/**
 * A server that delivers, killed again and again while sets are paused, the clock is set and the disk is full: every
 * message that it acknowledged arrives, and at most one again for each connection that a kill cut. KILL_RUN=60 makes 60
 * kills; KILL_SEED=N repeats the disturbances.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import {
  CreateConfigurationSetCommand,
  PutConfigurationSetSendingOptionsCommand,
  type SESv2Client,
  SendEmailCommand,
} from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from "vitest";
import { type ClickHouseStandIn, startClickHouse } from "./support/clickhouse-http-over-chdb.ts";
import { eventually } from "./support/eventually.ts";
import { faketimeMissing, mountMissing } from "./support/missing-tools.ts";
import { randomNumbers } from "./support/random.ts";
import { type ReceivingServer, startReceivingServer } from "./support/receiving-server.ts";
import { removeFolder, type ServerProcess, startServer, temporaryFolder } from "./support/server-process.ts";
import { makeSetClock, type SetClock } from "./support/set-clock.ts";

const kills = Number(process.env.KILL_RUN ?? 3);
const seed = Number(process.env.KILL_SEED ?? Math.trunc(Math.random() * 2 ** 32));
const random = randomNumbers(seed);
const connections = 10;
const loops = 4;
const disturbances = ["paused set", "clock", "full disk", "none"] as const;

describe.skipIf(faketimeMissing() ?? mountMissing())("a server that is disturbed and killed", () => {
  let disk: string;
  let clockFolder: string;
  let clock: SetClock;
  let clickhouse: ClickHouseStandIn;
  let receiving: ReceivingServer;
  const acknowledged: string[] = [];
  let sent = 0;

  beforeAll(async () => {
    console.log(`kill run: KILL_SEED=${seed}`);
    disk = await temporaryFolder();
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=512m", "tmpfs", disk]);
    clockFolder = await temporaryFolder();
    clock = await makeSetClock(clockFolder);
    clickhouse = await startClickHouse();
    receiving = await startReceivingServer();
  });
  afterAll(async () => {
    await receiving[Symbol.asyncDispose]();
    await clickhouse.stop();
    spawnSync("umount", ["--lazy", disk]);
    await removeFolder(disk);
    await removeFolder(clockFolder);
  });

  async function start(): Promise<ServerProcess> {
    const server = await startServer({
      dataDir: join(disk, "data"),
      environment: {
        ...clock.environment,
        MAILGLASS_CLICKHOUSE_URL: `${clickhouse.url}/kill_run`,
        MAILGLASS_DELIVERY: "relay",
        MAILGLASS_RELAY_URL: `smtp://127.0.0.1:${receiving.port}`,
        MAILGLASS_DELIVERY_CONNECTIONS: String(connections),
        MAILGLASS_IDENTITY_VERIFICATION: "off",
        MAILGLASS_SEND_RATE: "1000",
        MAILGLASS_RETRY_SECONDS: "1",
      },
    });
    onTestFailed(() => console.log(server.output().slice(-10_000)));
    return server;
  }

  /** Sends until the server is gone; what it refuses meanwhile (a paused set, a full disk) is not acknowledged. */
  async function sendUntilGone(client: SESv2Client, gone: AbortSignal): Promise<void> {
    const loop = async () => {
      while (!gone.aborted) {
        const n = sent++;
        const command = new SendEmailCommand({
          FromEmailAddress: "sender@sender.example",
          Destination: { ToAddresses: [`user-${n}@d${n % 7}.example`] },
          Content: { Simple: { Subject: { Data: `${n}` }, Body: { Text: { Data: "Hello" } } } },
          ConfigurationSetName: n % 2 === 0 ? "held" : undefined,
        });
        await client.send(command).then(
          ({ MessageId = "" }) => acknowledged.push(MessageId),
          () => delay(5),
        );
      }
    };
    await Promise.all(Array.from({ length: loops }, loop));
  }

  const pause = (client: SESv2Client, paused: boolean) =>
    client.send(
      new PutConfigurationSetSendingOptionsCommand({ ConfigurationSetName: "held", SendingEnabled: !paused }),
    );

  /** Disturbs the server for a while. It may end by itself, of a full disk. */
  async function disturb(server: ServerProcess, kind: (typeof disturbances)[number]): Promise<void> {
    if (kind === "paused set") {
      await pause(server.client(), true);
    } else if (kind === "clock") {
      await clock.set(Math.trunc((random() - 0.5) * 10 * 3600));
    } else if (kind === "full disk") {
      const free = Number(execFileSync("stat", ["-f", "-c", "%a", disk])) * 4096;
      // The server may have taken some of it meanwhile: then the disk is full, too.
      await writeFile(join(disk, "ballast"), Buffer.alloc(Math.max(0, free - 2 ** 20))).catch(() => {});
    }
    await Promise.race([delay(random() * 1_500), server.exit]);
  }

  it(`delivers all that it acknowledged in ${kills} rounds`, async () => {
    {
      await using server = await start();
      await server.client().send(new CreateConfigurationSetCommand({ ConfigurationSetName: "held" }));
    }
    for (let round = 0; round < kills; round++) {
      const kind = disturbances[round % disturbances.length] ?? "none";
      const server = await start();
      const before = acknowledged.length;
      const gone = new AbortController();
      const sending = sendUntilGone(server.client(), gone.signal);
      await eventually(() => expect(acknowledged.length).toBeGreaterThan(before + 10));
      await disturb(server, kind);
      await server.kill("SIGKILL");
      gone.abort();
      await sending;
      await rm(join(disk, "ballast"), { force: true });
      await clock.set(0);
      await using after = await start();
      await pause(after.client(), random() < 0.5);
      expect((await after.stop()).code).toBe(0);
    }

    await using server = await start();
    await pause(server.client(), false);
    const counts = new Map<string, number>();
    let read = 0;
    const arrived = () => {
      for (const { mime } of receiving.taken.slice(read)) {
        read++;
        const id = /^Message-ID: <([^@]+)@/im.exec(mime.subarray(0, 4096).toString("latin1"))?.[1] ?? "";
        counts.set(id, (counts.get(id) ?? 0) + 1);
      }
      return counts;
    };
    const lost = () => acknowledged.filter((id) => !arrived().has(id));
    await eventually(() => expect(lost()).toEqual([]));
    await eventually(async () =>
      expect(await (await fetch(`${server.url}/admin/queue`)).json()).toMatchObject({
        ...{ due: 0, waiting: 0, claimed: 0, paused: 0 },
      }),
    );
    const again = [...arrived().values()].reduce((sum, count) => sum + count - 1, 0);
    console.log(`kill run: ${acknowledged.length} acknowledged, ${counts.size} arrived, ${again} of them again`);
    expect(again).toBeLessThanOrEqual(kills * connections);
  }, 3_600_000);
});

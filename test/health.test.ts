/** When a server says that it is ready. */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openCertificate } from "../src/mail-ports/certificate.ts";
import { closeSockets, listenWithoutStores } from "./support/app-without-stores.ts";
import { freePort } from "./support/free-port.ts";
import { removeFolder, spawnServer, temporaryFolder } from "./support/server-process.ts";

it("/health is 503 until all ports listen, and again when they close", async () => {
  let ready = false;
  const { app, url } = await listenWithoutStores(async () => ({ postgres: "embedded" }), { ready: () => ready });
  const health = async () => {
    const answer = await fetch(`${url}/health`);
    return [answer.status, await answer.json(), answer.headers.get("cache-control")];
  };
  expect(await health()).toEqual([503, { status: "starting", postgres: "embedded" }, "no-store"]);
  ready = true;
  expect(await health()).toEqual([200, { status: "ok", postgres: "embedded" }, "no-store"]);
  ready = false;
  expect(await health()).toMatchObject([503, {}, "no-store"]);
  closeSockets();
  await app.close();
});

it("a server whose SMTP ports are slow to open is not ready before they are", async () => {
  const dataDir = await temporaryFolder();
  // The ports can't open before their certificate is read.
  const certificateFile = join(dataDir, "certificate.pem");
  execFileSync("mkfifo", [certificateFile]);
  const [port, smtpPort, bouncePort] = [await freePort(), await freePort(), await freePort()];
  const server = await spawnServer({
    dataDir,
    environment: {
      MAILGLASS_PORT: String(port),
      MAILGLASS_SMTP_PORT: String(smtpPort),
      MAILGLASS_BOUNCE_PORT: String(bouncePort),
      MAILGLASS_SMTP_CERTIFICATE: certificateFile,
      MAILGLASS_DELIVERY: "relay",
      MAILGLASS_RELAY_URL: "smtp://127.0.0.1:1",
    },
  });
  try {
    const status = async () => {
      try {
        return (await fetch(`http://127.0.0.1:${port}/health`)).status;
      } catch {
        return undefined;
      }
    };
    await expect.poll(status).toBe(503);
    const { cert, key } = await openCertificate({
      certificateFile: undefined,
      keyFile: undefined,
      hostname: "mail.example.com",
    });
    await writeFile(certificateFile, `${key}\n${cert}`);
    await expect.poll(status).toBe(200);
    for (const mailPort of [smtpPort, bouncePort]) {
      const socket = connect(mailPort, "127.0.0.1");
      await once(socket, "connect");
      socket.destroy();
    }
  } finally {
    await server.kill("SIGKILL");
    await removeFolder(dataDir);
  }
});

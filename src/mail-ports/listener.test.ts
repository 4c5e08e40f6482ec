import { connect, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { recordingLog } from "../../test/support/recording-log.ts";
import { openCertificate } from "./certificate.ts";
import { listenSmtp, type SmtpListener } from "./listener.ts";

const maxConnections = 40;
const maxConnectionsOfClient = 20;
let port: SmtpListener;
const sockets: Socket[] = [];

beforeAll(async () => {
  const hostname = "mail.example.com";
  const certificate = await openCertificate({ certificateFile: undefined, keyFile: undefined, hostname });
  const unused = () => Promise.reject(new Error("not asked for in this test"));
  port = await listenSmtp(
    {
      ...{ host: "127.0.0.1", port: 0, hostname, certificate, tls: "starttls", loginWithoutTls: true },
      ...{ maxMessageBytes: 1_000, enhancedCodes: false, maxConnections, maxConnectionsOfClient },
      log: recordingLog("error").log,
    },
    { sender: unused, recipient: unused, message: unused },
  );
});
afterAll(() => port.close());
afterEach(async () => {
  const closed = sockets
    .splice(0)
    .map((socket) => socket.closed || new Promise((resolve) => socket.once("close", resolve).destroy()));
  await Promise.all(closed);
});

/** Connects from an address and resolves to the code of the greeting. */
function greeting(localAddress: string): Promise<string> {
  const socket = connect({ port: port.port, host: "127.0.0.1", localAddress });
  sockets.push(socket);
  return new Promise((resolve, reject) => {
    socket.on("error", reject).once("data", (bytes) => resolve(bytes.toString("latin1", 0, 3)));
  });
}

/** How many of so many connections from an address are accepted. */
async function accepted(count: number, address: string): Promise<number> {
  const codes = await Promise.all(Array.from({ length: count }, () => greeting(address)));
  expect(codes.filter((code) => code !== "220" && code !== "421")).toEqual([]);
  return codes.filter((code) => code === "220").length;
}

describe("connections to an SMTP port", () => {
  it("are as many as a client may have, while others have few", async () => {
    expect(await accepted(50, "127.0.0.1")).toBe(maxConnectionsOfClient);
    expect(await accepted(1, "127.0.0.2")).toBe(1);
  });

  it("can't all be taken by two clients, nor by four", async () => {
    expect(await accepted(50, "127.0.0.1")).toBe(20);
    expect(await accepted(50, "127.0.0.2")).toBe(10);
    expect(await accepted(2, "127.0.0.9")).toBe(2);
    expect(await accepted(50, "127.0.0.3")).toBe(4);
    expect(await accepted(50, "127.0.0.4")).toBe(2);
    expect(await accepted(1, "127.0.0.5")).toBe(1);
  });
});

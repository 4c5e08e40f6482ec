import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { connect as tlsConnect } from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { recordingLog } from "../../test/support/recording-log.ts";
import { type Certificate, type CertificateSupply, openCertificate, supplyCertificate } from "./certificate.ts";
import { listenSmtp, type SmtpListener } from "./listener.ts";

const maxConnections = 40;
const maxConnectionsOfClient = 20;
let port: SmtpListener;
const sockets: Socket[] = [];

beforeAll(async () => {
  const hostname = "mail.example.com";
  const certificate = await supplyCertificate({ certificateFile: undefined, keyFile: undefined, hostname });
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

  it("that send commands at once get 421 and no greeting, and leave their place to others", async () => {
    const early = Array.from({ length: maxConnectionsOfClient }, async () => {
      const socket = connect({ port: port.port, host: "127.0.0.1", localAddress: "127.0.0.7" });
      sockets.push(socket);
      socket.write("EHLO client.example\r\n");
      let replies = "";
      socket.setEncoding("latin1").on("data", (text: string) => {
        replies += text;
      });
      await once(socket, "end");
      return replies;
    });
    const refused = "421 mail.example.com You talk too soon\r\n";
    expect(await Promise.all(early)).toEqual(Array.from({ length: maxConnectionsOfClient }, () => refused));
    expect(await accepted(maxConnectionsOfClient, "127.0.0.7")).toBe(maxConnectionsOfClient);
  });
});

describe("the certificate", () => {
  const hostname = "mail.example.com";
  const listen = (certificate: CertificateSupply, log = recordingLog("error")) => {
    const unused = () => Promise.reject(new Error("not asked for in this test"));
    return listenSmtp(
      {
        ...{ host: "127.0.0.1", port: 0, hostname, certificate, tls: "starttls", loginWithoutTls: true },
        ...{ maxMessageBytes: 1_000, enhancedCodes: false, maxConnections, maxConnectionsOfClient },
        log: log.log,
      },
      { sender: unused, recipient: unused, message: unused },
    );
  };

  /** Sends commands in one packet after the greeting; resolves to the replies until one matches. */
  async function talk(to: SmtpListener, commands: string, until: RegExp): Promise<{ socket: Socket; replies: string }> {
    const socket = connect({ port: to.port, host: "127.0.0.1" });
    sockets.push(socket);
    let replies = "";
    return new Promise((resolve, reject) => {
      socket.on("error", reject).on("data", (bytes) => {
        if (replies === "") socket.write(commands);
        replies += bytes.toString("latin1");
        if (until.test(replies)) resolve({ socket, replies });
      });
    });
  }

  it("is asked for at the first STARTTLS, once, and what follows in plain text is not answered", async () => {
    const { promise, resolve } = Promise.withResolvers<Certificate>();
    let asked = 0;
    const lazy = await listen(() => {
      asked++;
      return promise;
    });
    const waiting = Array.from({ length: 2 }, () =>
      talk(lazy, "EHLO a.example\r\nSTARTTLS\r\nNOOP\r\n", /^220 Ready/m),
    );
    await expect.poll(() => asked).toBe(1);
    const made = await openCertificate({ certificateFile: undefined, keyFile: undefined, hostname });
    resolve(made);
    for (const { socket, replies } of await Promise.all(waiting)) {
      expect(replies).toMatch(/220 Ready to start TLS\r\n$/);
      const secure = tlsConnect({ socket, rejectUnauthorized: false });
      await once(secure, "secureConnect");
      expect(secure.getPeerCertificate().raw).toEqual(new X509Certificate(made.cert).raw);
      secure.destroy();
    }
    expect(asked).toBe(1);
    await lazy.close();
  });

  it("that can't be made is asked for again at the next STARTTLS", async () => {
    const log = recordingLog("error");
    let asked = 0;
    const failing = await listen(() => {
      asked++;
      return Promise.reject(new Error("no entropy"));
    }, log);
    const { replies } = await talk(failing, "STARTTLS\r\nSTARTTLS\r\nNOOP\r\n", /^250/m);
    expect(replies.match(/^454 TLS not available/gm)).toHaveLength(2);
    expect(asked).toBe(2);
    await failing.close();
  });
});

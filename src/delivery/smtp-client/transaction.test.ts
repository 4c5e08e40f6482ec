import { afterEach, describe, expect, it } from "vitest";
import { failureOf, outcomeOf, outgoingMail } from "../../../test/support/outgoing-mail.ts";
import {
  greet,
  type Peer,
  type ScriptedServer,
  startScriptedServer,
  takeMail,
} from "../../../test/support/scripted-server.ts";
import { createRelayTransport, type RelayTransportOptions } from "../relay-transport.ts";
import type { Transport } from "../transport.ts";

const closing: (() => PromiseLike<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A transport to a server with that script. */
async function scripted(
  script: (peer: Peer) => Promise<unknown>,
  options: Partial<RelayTransportOptions> = {},
): Promise<{ server: ScriptedServer; transport: Transport }> {
  const server = await startScriptedServer(script);
  const transport = createRelayTransport({
    url: `smtp://127.0.0.1:${server.port}`,
    hostname: "me.test",
    connections: 5,
    connectionsPerServer: 5,
    ...options,
  });
  closing.push(
    () => server[Symbol.asyncDispose](),
    () => transport.close(0),
  );
  return { server, transport };
}

const pipelining = ["PIPELINING", "8BITMIME", "SMTPUTF8", "SIZE 1000000"];

describe("a transaction", () => {
  it("goes command by command where there is no pipelining", async () => {
    const { server, transport } = await scripted(async (peer) => {
      await greet(peer);
      await takeMail(peer);
    });
    expect(await outcomeOf(transport, outgoingMail())).toEqual({
      delivered: true,
      reply: { code: 250, status: "2.0.0", text: "Queued" },
      host: { name: "127.0.0.1", address: "127.0.0.1" },
    });
    expect(server.lines.slice(0, 4)).toEqual([
      "EHLO me.test",
      "MAIL FROM:<from@sender.test>",
      "RCPT TO:<to@example.com>",
      "DATA",
    ]);
    expect(server.lines.slice(4)).toEqual(["Subject: Hello", "", "One", "..two", "."]);
  });

  it("is one write with pipelining, and has the parameters that are offered", async () => {
    const packets: string[] = [];
    const { transport } = await scripted(async (peer) => {
      await greet(peer, ...pipelining);
      peer.socket.on("data", (chunk) => packets.push(chunk.toString()));
      await takeMail(peer);
    });
    const mail = outgoingMail({ eightBit: true, internationalized: true, recipient: "tö@example.com" });
    expect((await outcomeOf(transport, mail)).delivered).toBe(true);
    expect(packets[0]).toBe(
      "MAIL FROM:<from@sender.test> SIZE=29 BODY=8BITMIME SMTPUTF8\r\nRCPT TO:<tö@example.com>\r\nDATA\r\n",
    );
  });

  it("takes replies that come in odd pieces or all at once", async () => {
    const { transport } = await scripted(async (peer) => {
      await greet(peer, ...pipelining);
      for (const letter of "250-2.1.0 se") peer.say(letter);
      await new Promise((resolve) => setTimeout(resolve, 20));
      peer.say("nder\r\n250 2.1.0 OK\r\n251 2.1.5 forwarded\r\n354 go\r\n");
      for (let line = await peer.line(); line !== "."; line = await peer.line());
      peer.say("250 2.0.0 OK\r");
      await new Promise((resolve) => setTimeout(resolve, 20));
      peer.say("\n");
    });
    expect((await outcomeOf(transport, outgoingMail())).delivered).toBe(true);
  });

  it("says which command was refused, and for good or not", async () => {
    const cases = [
      ["MAIL", "550 5.7.1 Not you", { stage: "mail", permanent: true, status: "5.7.1", affectsDomain: false }],
      ["MAIL", "451 4.7.1 Later", { stage: "mail", permanent: false, status: "4.7.1", affectsDomain: false }],
      ["RCPT", "550-5.1.1 No\r\n550 5.1.1 such user", { stage: "rcpt", permanent: true, status: "5.1.1" }],
      ["RCPT", "450 Greylisted", { stage: "rcpt", permanent: false, status: "4.0.0", affectsDomain: false }],
      ["RCPT", "421 4.7.0 Too fast", { stage: "rcpt", permanent: false, status: "4.7.0", affectsDomain: true }],
      ["RCPT", "452 4.3.2 Busy", { stage: "rcpt", permanent: false, affectsDomain: true }],
      ["RCPT", "451 Too many connections", { stage: "rcpt", permanent: false, affectsDomain: true }],
      ["DATA", "554 No", { stage: "data", permanent: true, status: "5.0.0" }],
      ["DATA", "250 What", { stage: "data", permanent: false, status: "4.5.0", affectsDomain: false }],
      [".", "552 5.2.2 Full", { stage: "body", permanent: true, status: "5.2.2" }],
      [".", "451 4.3.0 Try later", { stage: "body", permanent: false, status: "4.3.0" }],
      [".", "354 Again", { stage: "body", permanent: false, status: "4.5.0" }],
    ] as const;
    for (const extensions of [[], pipelining]) {
      for (const [verb, reply, expected] of cases) {
        const { transport, server } = await scripted(async (peer) => {
          await greet(peer, ...extensions);
          await takeMail(peer, { [verb]: reply });
        });
        const failure = await failureOf(transport, outgoingMail());
        expect(failure, `${verb} ${reply} ${extensions[0]}`).toMatchObject(expected);
        expect(failure.reply?.code).toBe(Number(reply.slice(0, 3)));
        expect(failure.host).toEqual({ name: "127.0.0.1", address: "127.0.0.1" });
        expect(server.connections).toBe(1);
      }
    }
  });

  it("begins anew on the same connection after a refusal", async () => {
    for (const extensions of [[], pipelining]) {
      let recipients = 0;
      const { transport, server } = await scripted(async (peer) => {
        await greet(peer, ...extensions);
        await takeMail(peer, {
          get RCPT() {
            recipients += 1;
            return recipients === 1 ? "550 5.1.1 No such user" : "250 OK";
          },
          get DATA() {
            return recipients === 1 ? "503 5.5.1 No recipients" : "354 Go";
          },
        });
      });
      expect((await failureOf(transport, outgoingMail())).status).toBe("5.1.1");
      expect((await outcomeOf(transport, outgoingMail())).delivered).toBe(true);
      expect((await outcomeOf(transport, outgoingMail())).delivered).toBe(true);
      expect(server.lines.filter((line) => line === "RSET")).toHaveLength(1);
      expect(server.connections).toBe(1);
    }
  });

  it("ends DATA that was taken without a recipient with an empty message", async () => {
    const contents: string[] = [];
    const { transport, server } = await scripted(async (peer) => {
      await greet(peer, ...pipelining);
      for (const recipient of ["550 5.1.1 No", "250 OK"]) {
        for (let line = await peer.line(); line !== "DATA"; line = await peer.line()) {
          peer.say(`${line?.startsWith("RCPT") ? recipient : "250 OK"}\r\n`);
        }
        peer.say("354 Go\r\n");
        contents.push(await peer.content());
        peer.say("250 2.0.0 OK\r\n");
      }
    });
    expect((await failureOf(transport, outgoingMail())).status).toBe("5.1.1");
    expect((await outcomeOf(transport, outgoingMail())).delivered).toBe(true);
    expect(contents).toEqual(["", "Subject: Hello\r\n\r\nOne\r\n..two"]);
    expect(server.connections).toBe(1);
  });

  it("sends nothing where DATA was taken and the sender was not, for there may be a recipient", async () => {
    const { promise: rest, resolve } = Promise.withResolvers<string | undefined>();
    const { transport } = await scripted(async (peer) => {
      await greet(peer, ...pipelining);
      for (let line = await peer.line(); line !== "DATA"; line = await peer.line());
      peer.say("550 5.7.1 Not you\r\n250 OK\r\n354 Go\r\n");
      resolve(await peer.line());
    });
    expect(await failureOf(transport, outgoingMail())).toMatchObject({ stage: "mail", status: "5.7.1" });
    expect(await rest).toBeUndefined();
  });

  it("is not begun where the server can't take the message", async () => {
    const { transport, server } = await scripted(async (peer) => {
      await greet(peer, "SIZE 20");
      await takeMail(peer);
    });
    expect(await failureOf(transport, outgoingMail())).toMatchObject({
      permanent: true,
      status: "5.3.4",
      reply: undefined,
    });
    expect(await failureOf(transport, outgoingMail({ message: [], internationalized: true }))).toMatchObject({
      permanent: true,
      status: "5.6.7",
      affectsDomain: false,
    });
    const injected = outgoingMail({ message: [], returnPath: "a@b.test>\r\nRCPT TO:<c@d.test" });
    expect(await failureOf(transport, injected)).toMatchObject({ permanent: true, status: "5.1.3" });
    expect(server.lines).toEqual(["EHLO me.test"]);
    // 8-bit mail goes as it is to a server without 8BITMIME.
    const eightBit = outgoingMail({ message: [Buffer.from("é\r\n")], eightBit: true });
    expect((await outcomeOf(transport, eightBit)).delivered).toBe(true);
    expect(server.lines).toContain("MAIL FROM:<from@sender.test> SIZE=4");
  });
});

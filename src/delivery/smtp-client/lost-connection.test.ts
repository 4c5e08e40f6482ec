/** What servers do to connections: silence, cuts, floods, 421, content that is not taken. */
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { failureOf, outcomeOf, outgoingMail } from "../../../test/support/outgoing-mail.ts";
import { runs } from "../../../test/support/runs.ts";
import { greet, type Peer, type ScriptedServer, startScriptedServer } from "../../../test/support/scripted-server.ts";
import { createRelayTransport } from "../relay-transport.ts";
import type { Transport } from "../transport.ts";
import type { SmtpTimeouts } from "./timeouts.ts";

const closing: (() => PromiseLike<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const short: SmtpTimeouts = {
  connect: 1000,
  nextAddress: 100,
  greeting: 100,
  command: 100,
  tls: 100,
  mail: 100,
  rcpt: 100,
  data: 100,
  block: 100,
  body: 100,
  quit: 100,
};

const hasty = { greeting: 30, command: 30, tls: 30, mail: 30, rcpt: 30, data: 30, block: 30, body: 30 };

async function scripted(
  script: (peer: Peer) => Promise<unknown>,
  timeouts: Partial<SmtpTimeouts> = {},
): Promise<{ server: ScriptedServer; transport: Transport }> {
  const server = await startScriptedServer(script);
  const transport = createRelayTransport({
    url: `smtp://127.0.0.1:${server.port}`,
    hostname: "me.test",
    connections: 5,
    connectionsPerServer: 5,
    timeouts,
  });
  closing.push(
    () => server[Symbol.asyncDispose](),
    () => transport.close(0),
  );
  return { server, transport };
}

/** Behaves until the client has said that, and then does what the test wants. */
async function until(peer: Peer, stage: string, extensions: string[], then: (peer: Peer) => unknown): Promise<void> {
  if (stage === "greeting") return void (await then(peer));
  peer.say("220 scripted.test\r\n");
  for (let line = await peer.line(); line !== undefined; line = await peer.line()) {
    if (line.startsWith(stage)) return void (await then(peer));
    if (line.startsWith("EHLO"))
      peer.say(["250-me", ...extensions.map((name) => `250-${name}`), "250 HELP\r\n"].join("\r\n"));
    else if (line === "DATA") {
      peer.say("354 Go\r\n");
      await peer.content();
      if (stage === ".") return void (await then(peer));
      peer.say("250 2.0.0 OK\r\n");
    } else peer.say("250 OK\r\n");
  }
}

const stages = { greeting: "greeting", EHLO: "ehlo", MAIL: "mail", RCPT: "rcpt", DATA: "data", ".": "body" };

describe("a connection", () => {
  it("that is cut or ended is a failure for now, at each stage", async () => {
    const ends: ((peer: Peer) => unknown)[] = [(peer) => peer.cut(), (peer) => peer.end(), (peer) => peer.end("25")];
    for (const extensions of [[], ["PIPELINING"]]) {
      for (const [stage, named] of Object.entries(stages)) {
        for (const end of ends) {
          const { transport } = await scripted((peer) => until(peer, stage, extensions, end));
          const failure = await failureOf(transport, outgoingMail());
          expect(failure, stage).toMatchObject({ permanent: false, reply: undefined });
          // A connection that is cut at once may not even have stood.
          expect(failure.status, stage).toMatch(stage === "greeting" ? /^4\.4\.[12]$/ : /^4\.4\.2$/);
          expect(failure.affectsDomain, stage).toBe(stage !== ".");
          // Where commands go together, the server's end may be seen before the reply to the first.
          if (extensions.length === 0 && stage !== "greeting") expect(failure.stage).toBe(named);
        }
      }
    }
  });

  it("that falls silent is given up in time, at each stage", async () => {
    for (const extensions of [[], ["PIPELINING"]]) {
      for (const [stage, named] of Object.entries(stages)) {
        const { transport } = await scripted((peer) => until(peer, stage, extensions, () => {}), short);
        const failure = await failureOf(transport, outgoingMail());
        expect(failure, stage).toMatchObject({ stage: named, permanent: false, status: "4.4.2", reply: undefined });
        expect(failure.message).toContain("did not answer in time");
      }
    }
  });

  it("that drips octets is given up in time, too", async () => {
    const { transport } = await scripted(async (peer) => {
      for (;;) {
        peer.say("2");
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }, short);
    expect((await failureOf(transport, outgoingMail())).status).toBe("4.4.2");
  });

  it("that floods is ended", async () => {
    const floods = ["x".repeat(100_000), "250-more\r\n".repeat(10_000), "250 OK\r\n".repeat(10_000)];
    for (const flood of floods) {
      for (const stage of Object.keys(stages)) {
        const { transport } = await scripted((peer) => until(peer, stage, ["PIPELINING"], () => peer.say(flood)));
        const outcome = await outcomeOf(transport, outgoingMail());
        // 250 to the message is an answer, whatever comes after it.
        if (stage !== "." || !flood.startsWith("250 ")) expect(outcome.delivered, stage).toBe(false);
      }
    }
  });

  it("that the server closed while it was idle is replaced, and nothing fails", async () => {
    const farewells = ["", "421 4.4.2 Idle for too long\r\n", "250 surprise\r\n"];
    for (const farewell of farewells) {
      const { transport, server } = await scripted(async (peer) => {
        await until(peer, ".", ["PIPELINING"], async () => {
          peer.say("250 2.0.0 OK\r\n");
          if (peer.number < 3) await new Promise((resolve) => setTimeout(resolve, 30));
          if (peer.number < 3) peer.end(farewell);
        });
      });
      for (let count = 0; count < 3; count += 1) {
        expect((await outcomeOf(transport, outgoingMail())).delivered).toBe(true);
        await new Promise((resolve) => setTimeout(resolve, 60));
      }
      expect(server.connections).toBe(3);
    }
  });

  it("whose server answers the next MAIL with 421 is replaced, and nothing fails", async () => {
    const { transport, server } = await scripted(async (peer) => {
      await greet(peer, "PIPELINING");
      for (let line = await peer.line(), mails = 0; line !== undefined; line = await peer.line()) {
        if (line.startsWith("MAIL")) mails += 1;
        if (mails === 2) return peer.end("421 4.7.0 One message a connection\r\n");
        peer.say(line === "DATA" ? "354 Go\r\n" : "250 OK\r\n");
        if (line === "DATA") {
          await peer.content();
          peer.say("250 2.0.0 OK\r\n");
        }
      }
    });
    for (let count = 0; count < 3; count += 1) {
      expect((await outcomeOf(transport, outgoingMail())).delivered).toBe(true);
    }
    expect(server.connections).toBe(3);
  });

  it("is not retried for a 421 on a new one", async () => {
    const { transport, server } = await scripted((peer) =>
      until(peer, "MAIL", ["PIPELINING"], () => peer.end("421 4.7.0 Not now\r\n")),
    );
    expect(await failureOf(transport, outgoingMail())).toMatchObject({
      stage: "mail",
      permanent: false,
      reply: { code: 421, status: "4.7.0", text: "Not now" },
      affectsDomain: true,
    });
    expect(server.connections).toBe(1);
  });

  it("carries big messages at the server's pace, and gives up where it takes no more", async () => {
    const line = `${"x".repeat(70)}\r\n`;
    const body = Buffer.from(line.repeat(200_000));
    const sizes: number[] = [];
    const { transport } = await scripted((peer) =>
      until(peer, "DATA", [], async () => {
        peer.say("354 Go\r\n");
        peer.socket.pause();
        await new Promise((resolve) => setTimeout(resolve, 50));
        if (peer.number === 1) peer.socket.resume();
        sizes.push((await peer.content()).length + 2);
        peer.say("250 2.0.0 OK\r\n");
      }),
    );
    expect((await outcomeOf(transport, outgoingMail({ message: [body] }))).delivered).toBe(true);
    expect(sizes).toEqual([body.length]);

    const { transport: stuck } = await scripted(
      (peer) =>
        until(peer, "DATA", [], () => {
          peer.socket.pause();
          peer.say("354 Go\r\n");
        }),
      { block: 100 },
    );
    expect(await failureOf(stuck, outgoingMail({ message: [body] }))).toMatchObject({ stage: "body", status: "4.4.2" });
  });

  it("stops sending where the server answers before it has the whole message", async () => {
    const body = Buffer.alloc(20_000_000, "x\r\n");
    for (const [early, expected] of [
      ["552 5.3.4 Too big", { permanent: true, status: "5.3.4" }],
      ["250 2.0.0 OK", { permanent: false, status: "4.5.0" }],
    ] as const) {
      const { transport } = await scripted((peer) =>
        until(peer, "DATA", [], async () => {
          peer.socket.pause();
          peer.say("354 Go\r\n");
          await new Promise((resolve) => setTimeout(resolve, 50));
          peer.say(`${early}\r\n`);
        }),
      );
      const failure = await failureOf(transport, outgoingMail({ message: [body] }));
      expect(failure).toMatchObject({ stage: "body", ...expected });
    }
  });

  it("with any bytes from the server ends in an outcome", async () => {
    const piece = fc.oneof(
      fc.constantFrom("220 hi\r\n", "250 OK\r\n", "250-PIPELINING\r\n250 STARTTLS\r\n", "354 go\r\n", "421 bye\r\n"),
      fc.constantFrom("550 5.1.1 no\r\n", "334 \r\n", "250-", "\r\n", "\0", "250 \xff\r\n"),
      fc.string({ unit: "binary", maxLength: 40 }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(piece, { maxLength: 4 }), { maxLength: 8 }),
        fc.boolean(),
        fc.constantFrom("smtp", "smtp", "smtps"),
        async (turns, cut, scheme) => {
          await using server = await startScriptedServer(async (peer) => {
            for (const turn of turns) {
              for (const said of turn) peer.say(said);
              await Promise.race([peer.line(), new Promise((resolve) => setTimeout(resolve, 5))]);
            }
            if (cut) peer.cut();
          });
          const url = `${scheme}://127.0.0.1:${server.port}`;
          const options = { hostname: "me.test", connections: 2, connectionsPerServer: 2, timeouts: hasty };
          const transport = createRelayTransport({ url, ...options });
          const outcome = await outcomeOf(transport, outgoingMail());
          if (outcome.delivered) expect(outcome.reply.code).toBeLessThan(300);
          await transport.close(0);
        },
      ),
      { numRuns: runs(40) },
    );
  });
});

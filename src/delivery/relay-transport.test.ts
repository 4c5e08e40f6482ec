import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Authority, type Certificate, createAuthority } from "../../test/support/certificates.ts";
import { failureOf, outcomeOf, outgoingMail } from "../../test/support/outgoing-mail.ts";
import { ehloReply, greet, startScriptedServer } from "../../test/support/scripted-server.ts";
import { startSecureMailServer } from "../../test/support/secure-mail-server.ts";
import { relayDemand, relayServer } from "./relay-server.ts";
import { createRelayTransport, type RelayTransportOptions } from "./relay-transport.ts";
import type { Transport } from "./transport.ts";

let authority: Authority;
let certificate: Certificate;
const transports: Transport[] = [];

beforeAll(async () => {
  authority = await createAuthority();
  certificate = await authority.issue(["localhost", "127.0.0.1"]);
});

afterEach(async () => {
  for (const transport of transports.splice(0)) await transport.close(0);
});

function relay(url: string, options: Partial<RelayTransportOptions> = {}): Transport {
  const bounds = { hostname: "me.test", connections: 5, connectionsPerServer: 5 };
  const transport = createRelayTransport({ url, ...bounds, ...options });
  transports.push(transport);
  return transport;
}

const required = outgoingMail({ tls: "required" });

describe("the relay's URL", () => {
  it("says host, port, TLS and login", () => {
    expect(relayServer("smtp://relay.test")).toEqual({
      name: "relay.test",
      port: 587,
      implicitTls: false,
      credentials: undefined,
    });
    expect(relayServer("smtps://u%40x:p%2Fw@[::1]:2465")).toEqual({
      name: "::1",
      port: 2465,
      implicitTls: true,
      credentials: { user: "u@x", password: "p/w" },
    });
    expect(relayServer("smtps://relay.test").port).toBe(465);
    for (const bad of ["http://relay.test", "smtp:relay.test", "smtp://", "relay.test"]) {
      expect(() => relayServer(bad), bad).toThrow("MAILGLASS_RELAY_URL");
    }
  });
});

describe("the relay's TLS", () => {
  it("has to prove who it is before a password leaves this machine, and where mail demands it", () => {
    const kind = (url: string, required: boolean, local: boolean) =>
      relayDemand(relayServer(url), required, local).kind;
    expect(kind("smtp://u:p@relay.test", false, false)).toBe("verified");
    expect(kind("smtps://relay.test", false, false)).toBe("verified");
    expect(kind("smtp://relay.test", true, true)).toBe("verified");
    expect(kind("smtp://relay.test", false, false)).toBe("opportunistic");
    expect(kind("smtp://u:p@localhost", false, true)).toBe("opportunistic");
    expect(kind("smtps://localhost", false, true)).toBe("opportunistic");
  });
});

describe("the relay", () => {
  it("gets mail over STARTTLS where it offers it, whoever certifies it", async () => {
    await using server = await startSecureMailServer({ certificate });
    const transport = relay(`smtp://127.0.0.1:${server.port}`);
    expect((await outcomeOf(transport, outgoingMail())).delivered).toBe(true);
    expect(server.taken).toMatchObject([{ to: ["to@example.com"], secure: true, user: undefined }]);
    expect(server.taken[0]?.mime.toString()).toBe("Subject: Hello\r\n\r\nOne\r\n.two\r\n");
  });

  it("gets mail that requires TLS only with a certificate that holds", async () => {
    await using server = await startSecureMailServer({ certificate });
    const url = `smtp://localhost:${server.port}`;
    const failure = await failureOf(relay(url), required);
    expect(failure).toMatchObject({ stage: "tls", permanent: false, status: "4.7.5", affectsDomain: false });
    expect(failure.message).toContain("localhost");
    expect((await outcomeOf(relay(url, { ca: authority.cert }), required)).delivered).toBe(true);
    const byAddress = relay(`smtp://127.0.0.1:${server.port}`, { ca: authority.cert });
    expect((await outcomeOf(byAddress, required)).delivered).toBe(true);
    expect(server.askedFor).toContain("localhost");

    await using other = await startSecureMailServer({ certificate: await authority.issue(["other.test"]) });
    const misnamed = relay(`smtp://localhost:${other.port}`, { ca: authority.cert });
    expect(await failureOf(misnamed, required)).toMatchObject({ stage: "tls", status: "4.7.5" });
    expect((await outcomeOf(misnamed, outgoingMail())).delivered).toBe(true);
    const past = { from: new Date("2020-01-01"), until: new Date("2021-01-01") };
    await using expired = await startSecureMailServer({ certificate: await authority.issue(["localhost"], past) });
    const late = relay(`smtp://localhost:${expired.port}`, { ca: authority.cert });
    expect(await failureOf(late, required)).toMatchObject({ stage: "tls", status: "4.7.5" });
  });

  it("speaks TLS from the start with smtps:", async () => {
    await using server = await startSecureMailServer({ certificate, implicitTls: true });
    const transport = relay(`smtps://localhost:${server.port}`, { ca: authority.cert });
    expect((await outcomeOf(transport, outgoingMail())).delivered).toBe(true);
    expect((await outcomeOf(transport, required)).delivered).toBe(true);
    expect(server.taken.map(({ secure }) => secure)).toEqual([true, true]);
    await using plain = await startScriptedServer(async (peer) => greet(peer));
    expect(await failureOf(relay(`smtps://localhost:${plain.port}`), outgoingMail())).toMatchObject({ stage: "tls" });
    expect(plain.connections).toBe(1);
  });

  it("is logged in to by PLAIN or LOGIN", async () => {
    for (const method of ["PLAIN", "LOGIN"] as const) {
      const login = {
        user: "someone@example.com",
        password: `päss wörd ${"x".repeat(method === "PLAIN" ? 400 : 5)}`,
        method,
      };
      await using server = await startSecureMailServer({ certificate, login });
      const url = (password: string) =>
        `smtp://${encodeURIComponent(login.user)}:${encodeURIComponent(password)}@127.0.0.1:${server.port}`;
      expect((await outcomeOf(relay(url(login.password)), outgoingMail())).delivered).toBe(true);
      expect(server.taken).toMatchObject([{ secure: true, user: login.user }]);
      const failure = await failureOf(relay(url("wrong")), outgoingMail());
      // Whose fault it is, mail must not bounce for it.
      expect(failure).toMatchObject({ stage: "auth", permanent: false, affectsDomain: true, reply: { code: 535 } });
      expect(failure.message).not.toContain("wrong");
    }
  });

  it("that offers no login known here gets no mail", async () => {
    await using server = await startScriptedServer(async (peer) => greet(peer, "AUTH CRAM-MD5 XOAUTH2"));
    const failure = await failureOf(relay(`smtp://user:secret@127.0.0.1:${server.port}`), outgoingMail());
    expect(failure).toMatchObject({ stage: "auth", permanent: false, affectsDomain: true });
    expect(server.lines.join()).not.toContain(Buffer.from("secret").toString("base64").slice(0, 6));
  });

  it("that has no address, or does not listen, can't be used for now", async () => {
    expect(await failureOf(relay("smtp://relay.invalid"), outgoingMail())).toMatchObject({
      stage: "route",
      permanent: false,
      status: "4.4.3",
      affectsDomain: true,
    });
    expect(await failureOf(relay("smtp://127.0.0.1:1"), outgoingMail())).toMatchObject({
      stage: "connect",
      permanent: false,
      status: "4.4.1",
      host: { name: "127.0.0.1", address: "127.0.0.1" },
      affectsDomain: true,
    });
  });
});

describe("opening a connection", () => {
  it("does without TLS that fails, in a new connection, where it isn't demanded", async () => {
    const breaks = ["454 4.7.0 No TLS now\r\n", "220 Go\r\nnonsense instead of TLS\r\n", "220 Go\r\n"];
    for (const answer of breaks) {
      await using server = await startScriptedServer(async (peer) => {
        await greet(peer, "STARTTLS");
        for (let line = await peer.line(); line !== undefined; line = await peer.line()) {
          if (line === "STARTTLS") return peer.end(answer);
          peer.say(line === "DATA" ? "354 Go\r\n" : "250 OK\r\n");
          if (line !== "DATA") continue;
          await peer.content();
          peer.say("250 2.0.0 OK\r\n");
        }
      });
      const url = `smtp://127.0.0.1:${server.port}`;
      expect((await outcomeOf(relay(url), outgoingMail())).delivered, answer).toBe(true);
      expect(server.connections).toBe(2);
      expect(await failureOf(relay(url), required), answer).toMatchObject({ stage: "tls", permanent: false });
    }
  });

  it("believes nothing that was said before TLS began", async () => {
    await using server = await startScriptedServer(async (peer) => {
      await greet(peer, "STARTTLS", "AUTH PLAIN");
      await peer.line();
      // What an attacker in between puts behind the reply would be read as the server's, under TLS.
      peer.say("220 Go\r\n250 injected\r\n");
      await peer.startTls(certificate);
    });
    const transport = relay(`smtp://localhost:${server.port}`, { ca: authority.cert });
    expect(await failureOf(transport, required)).toMatchObject({ stage: "tls", permanent: false });
  });

  it("asks again under TLS what the server offers", async () => {
    await using server = await startScriptedServer(async (peer) => {
      await greet(peer, "STARTTLS", "SIZE 1");
      await peer.line();
      peer.say("220 Go\r\n");
      await peer.startTls(certificate);
      await peer.line();
      peer.say(ehloReply("SMTPUTF8"));
      for (let line = await peer.line(); line !== undefined; line = await peer.line()) {
        peer.say(line === "DATA" ? "354 Go\r\n" : "250 OK\r\n");
        if (line === "DATA") await peer.content().then(() => peer.say("250 2.0.0 OK\r\n"));
      }
    });
    const transport = relay(`smtp://127.0.0.1:${server.port}`);
    expect((await outcomeOf(transport, outgoingMail({ internationalized: true }))).delivered).toBe(true);
    expect(server.lines).toContain("MAIL FROM:<from@sender.test> SMTPUTF8");
  });

  it("says HELO to a server that does not know EHLO", async () => {
    await using server = await startScriptedServer(async (peer) => {
      peer.say("220-scripted.test\r\n220 old\r\n");
      for (let line = await peer.line(); line !== undefined; line = await peer.line()) {
        peer.say(line.startsWith("EHLO") ? "500 What?\r\n" : line === "DATA" ? "354 Go\r\n" : "250 OK\r\n");
        if (line === "DATA") await peer.content().then(() => peer.say("250 OK\r\n"));
      }
    });
    expect((await outcomeOf(relay(`smtp://127.0.0.1:${server.port}`), outgoingMail())).delivered).toBe(true);
    expect(server.lines.slice(0, 2)).toEqual(["EHLO me.test", "HELO me.test"]);
  });

  it("fails for now where the server does not want this host, for good where it takes no mail at all", async () => {
    const greetings = [
      ["554 5.7.1 Blocked\r\n", { stage: "greeting", permanent: false, status: "5.7.1", reply: { code: 554 } }],
      ["421 Busy\r\n", { stage: "greeting", permanent: false, status: "4.0.0" }],
      ["521 No mail here\r\n", { stage: "greeting", permanent: true, status: "5.0.0" }],
      ["250 Hello\r\n", { stage: "greeting", permanent: false, status: "4.5.0" }],
      ["HTTP/1.1 400 Bad Request\r\n", { stage: "greeting", permanent: false, status: "4.4.2" }],
      ["220 Hi\r\n550 5.7.1 Bad name\r\n550 5.7.1 Bad name\r\n", { stage: "ehlo", permanent: false }],
      ["220 Hi\r\n421 4.3.2 Bye\r\n", { stage: "ehlo", permanent: false, status: "4.3.2" }],
    ] as const;
    for (const [said, expected] of greetings) {
      await using server = await startScriptedServer(async (peer) => {
        for (const line of said.split(/(?<=\n)/)) {
          peer.say(line);
          await peer.line();
        }
      });
      const failure = await failureOf(relay(`smtp://127.0.0.1:${server.port}`), outgoingMail());
      expect(failure, said).toMatchObject({ ...expected, affectsDomain: true });
    }
  });
});

/** Who may use the testing API, and what becomes of waits when a server stops. */
import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { describe, expect, test } from "vitest";
import { type Credentials, signedCall } from "./support/admin-caller.ts";
import { startInProcess } from "./support/in-process-server.ts";
import { createKey } from "./support/keys-of.ts";
import { simple } from "./support/sent-mail.ts";

test("a server that stops ends the waits", async () => {
  const server = await startInProcess();
  const waiting = server.app.inject({ method: "GET", url: "/testing/messages/wait?timeout=60" });
  await server.app.inject({ method: "GET", url: "/testing/messages/count" });
  await server.close();
  expect((await waiting).statusCode).toBe(503);
  expect(server.logged).toEqual([]);
});

describe("the testing API of a server that others can reach", () => {
  const reachable = { MAILGLASS_PUBLIC_URL: "https://mail.example.com" };

  test("does not exist, unless the setting says so", async () => {
    const server = await startInProcess({ environment: reachable });
    for (const [method, url] of [
      ["GET", "/testing/messages"],
      ["POST", "/testing/reset"],
    ] as const) {
      const unknown = await server.app.inject({ method, url: "/no-such-path" });
      const answer = await server.app.inject({ method, url });
      expect([answer.statusCode, answer.body]).toEqual([unknown.statusCode, unknown.body]);
    }
    await server.close();
  });

  test("wants the credentials of the admin API, and shows each account its own", async () => {
    const server = await startInProcess({ environment: { ...reachable, MAILGLASS_TEST_ENDPOINTS: "on" } });
    const ours = await createKey(server, new Date());
    const account = "111122223333";
    await signedCall(server, ours, "/admin/accounts", { method: "POST", content: { id: account, name: "" } });
    const theirs = await createKey(server, new Date(), { account });
    const reading = await createKey(server, new Date(), { allow: ["read"] });
    for (const credentials of [ours, theirs]) {
      const client = new SESv2Client({ endpoint: server.url, region: "us-east-1", credentials, maxAttempts: 1 });
      await client.send(new SendEmailCommand(simple()));
      client.destroy();
    }
    const ask = async (by: Credentials, target: string, method = "GET") => {
      const { status, text } = await signedCall(server, by, target, { method });
      return [status, text === "" ? "" : (JSON.parse(text).count ?? JSON.parse(text).message)];
    };
    expect((await server.app.inject({ method: "GET", url: "/testing/messages" })).statusCode).toBe(403);
    expect((await server.app.inject({ method: "POST", url: "/testing/reset" })).statusCode).toBe(403);
    const count = "/testing/messages/count";
    expect(await ask(ours, count)).toEqual([200, 1]);
    expect(await ask(ours, `${count}?scope=all`)).toEqual([200, 2]);
    expect(await ask(theirs, count)).toEqual([200, 1]);
    expect((await ask(theirs, `${count}?scope=all`))[0]).toBe(403);
    expect((await ask(theirs, `${count}?account=000000000000`))[0]).toBe(403);
    expect((await ask(theirs, "/testing/reset?scope=all", "POST"))[0]).toBe(403);
    expect((await ask(theirs, "/testing/reset?account=000000000000", "POST"))[0]).toBe(403);
    expect(await ask(reading, count)).toEqual([200, 1]);
    expect((await ask(reading, "/testing/reset", "POST"))[0]).toBe(403);
    expect((await ask(theirs, "/testing/reset", "POST"))[0]).toBe(204);
    expect([await ask(theirs, count), await ask(ours, count)]).toEqual([
      [200, 0],
      [200, 1],
    ]);
    await server.close();
  });
});

/** The testing API, over HTTP. */
import { SendEmailCommand } from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { MessageJson } from "../src/http/testing/message-json.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";

let server: InProcessServer;
beforeAll(async () => {
  server = await startInProcess();
});
afterAll(() => server.close());

async function send(to: string, subject: string, html = "<p>Hello</p>"): Promise<string> {
  const { MessageId } = await server.client.send(
    new SendEmailCommand({
      FromEmailAddress: "Shop <shop@example.com>",
      Destination: { ToAddresses: [to] },
      Content: { Simple: { Subject: { Data: subject }, Body: { Html: { Data: html } } } },
      EmailTags: [{ Name: "kind", Value: "test" }],
    }),
  );
  return MessageId ?? "";
}

const get = async <Answer>(path: string) => {
  const answer = await fetch(`${server.url}/testing${path}`);
  return { status: answer.status, body: (await answer.json()) as Answer };
};

test("a wait finds a message that was sent before, and one that is sent later", async () => {
  const id = await send(
    "a@example.com",
    "Welcome",
    '<a href="https://example.com/?a=1&amp;b=2">Confirm</a><p>Your code is 123456.</p>',
  );
  const before = await get<MessageJson>("/messages/wait?to=a@example.com");
  expect(before.body).toMatchObject({
    id,
    from: { name: "Shop", address: "shop@example.com" },
    to: [{ name: "", address: "a@example.com" }],
    envelope: { from: "shop@example.com", to: ["a@example.com"] },
    subject: "Welcome",
    links: [{ url: "https://example.com/?a=1&b=2", text: "Confirm" }],
    codes: ["123456"],
    tags: { kind: "test" },
  });
  const waiting = get<MessageJson>("/messages/wait?to=b@example.com&timeout=30");
  await get("/messages/count");
  const later = await send("b@example.com", "Later");
  expect((await waiting).body.id).toBe(later);
});

/** Whose word on a client's address is believed. */
import { GetMessageInsightsCommand } from "@aws-sdk/client-sesv2";
import { expect, it, test } from "vitest";
import { startInProcess } from "./support/in-process-server.ts";

test.each([
  ["", "127.0.0.1"],
  ["192.0.2.0/24", "127.0.0.1"],
  ["192.0.2.9,127.0.0.0/8", "203.0.113.7"],
])("with the trusted proxies %j a message comes from %s", async (proxies, expected) => {
  const server = await startInProcess({ environment: { MAILGLASS_AUTH: "off", MAILGLASS_TRUSTED_PROXIES: proxies } });
  try {
    const answer = await fetch(`${server.url}/v2/email/outbound-emails`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-forwarded-for": "198.51.100.1, 203.0.113.7" },
      body: JSON.stringify({
        FromEmailAddress: "sender@example.com",
        Destination: { ToAddresses: ["user@example.com"] },
        Content: { Simple: { Subject: { Data: "hello" }, Body: { Text: { Data: "hello" } } } },
      }),
    });
    const { MessageId }: { MessageId: string } = JSON.parse(await answer.text());
    const { EmailTags } = await server.client.send(new GetMessageInsightsCommand({ MessageId }));
    expect(EmailTags?.find(({ Name }) => Name === "ses:source-ip")?.Value).toBe(expected);
  } finally {
    await server.close();
  }
});

it.each<Record<string, string>>([
  { MAILGLASS_PUBLIC_URL: "https://mail.example.com" },
  { MAILGLASS_TRUSTED_PROXIES: "127.0.0.1" },
  { MAILGLASS_PUBLIC_URL: "https://mail.example.com", MAILGLASS_TRUSTED_PROXIES: "127.0.0.1" },
])("nobody reads mail without a key behind a proxy: %j", async (environment) => {
  const server = await startInProcess({ environment });
  try {
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:/);
    for (const path of ["/v2/email/account", "/admin/messages", "/admin/queue"]) {
      expect((await fetch(server.url + path)).status).toBe(403);
    }
  } finally {
    await server.close();
  }
});

/** aws-ses-v2-local's `/store`: the same sends to it and to this server have the same answers. */
import { once } from "node:events";
import type { Server } from "node:http";
import { createRequire } from "node:module";
import { SESClient, SendEmailCommand as SendEmailV1, SendRawEmailCommand } from "@aws-sdk/client-ses";
import { CreateEmailTemplateCommand, SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { freePort } from "./support/free-port.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";

// CommonJS, whose default export Node and Vitest import differently.
const awsSesV2Local: { default(config: { host: string; port: number }): Promise<Server> } = createRequire(
  import.meta.url,
)("aws-ses-v2-local");
const credentials = { accessKeyId: "test", secretAccessKey: "test" };
let server: InProcessServer;
let other: Server;
let urls: readonly string[];
beforeAll(async () => {
  server = await startInProcess();
  const port = await freePort();
  other = await awsSesV2Local.default({ host: "127.0.0.1", port });
  urls = [`http://127.0.0.1:${port}`, server.url];
});
afterAll(async () => {
  other.close();
  other.closeAllConnections();
  await once(other, "close");
  await server.close();
});
beforeEach(async () => {
  for (const url of urls) {
    const cleared = await fetch(`${url}/clear-store`, { method: "POST" });
    expect([cleared.status, await cleared.json()]).toEqual([200, { message: "Store cleared" }]);
  }
});

interface Store {
  templates: Record<string, object>;
  emails: Record<string, unknown>[];
}

/** Sends to both, and resolves to what both have in their stores; IDs and times are checked, and left out. */
async function stores(send: (v1: SESClient, v2: SESv2Client) => Promise<unknown>): Promise<Store[]> {
  const all: Store[] = [];
  for (const endpoint of urls) {
    const options = { endpoint, region: "us-east-1", credentials, maxAttempts: 1 };
    const [v1, v2] = [new SESClient(options), new SESv2Client(options)];
    await send(v1, v2);
    v1.destroy();
    v2.destroy();
    const answer = await fetch(`${endpoint}/store`);
    expect(answer.headers.get("content-type")).toMatch(/^application\/json/);
    const { templates, emails } = Object(await answer.json());
    all.push({
      templates: Object.fromEntries(
        Object.entries<object>(templates).map(([name, template]) => {
          expect(template).toMatchObject({ CreatedTimestamp: expect.any(Number) });
          return [name, { ...template, CreatedTimestamp: 0 }];
        }),
      ),
      emails: emails.map(({ messageId, at, ...email }: Record<string, unknown>) => {
        expect(messageId).toBeTypeOf("string");
        expect(Math.abs(Number(at) - Date.now() / 1000)).toBeLessThan(600);
        expect(Number.isInteger(at)).toBe(true);
        return email;
      }),
    });
  }
  return all;
}

async function expectSame(send: (v1: SESClient, v2: SESv2Client) => Promise<unknown>, emails: number): Promise<void> {
  const [theirs, ours] = await stores(send);
  expect(theirs?.emails.length).toBe(emails);
  expect(ours).toEqual(theirs);
}

describe("GET /store is that of aws-ses-v2-local for", () => {
  it("SendEmail of v1", () =>
    expectSame(
      (v1) =>
        v1.send(
          new SendEmailV1({
            Source: "Shop <shop@example.com>",
            Destination: {
              // Of several it keeps the first.
              ToAddresses: ["Ada <ada@example.com>"],
              CcAddresses: ["c@example.com"],
              BccAddresses: ["d@example.com"],
            },
            ReplyToAddresses: ["reply@example.com"],
            Message: {
              Subject: { Data: "Grüße" },
              Body: { Text: { Data: "text\nlines" }, Html: { Data: "<p>x</p>" } },
            },
          }),
        ),
      1,
    ));

  it("Simple content of v2 with headers and attachments", () =>
    expectSame(async (_v1, v2) => {
      const common = { FromEmailAddress: "s@example.com", Destination: { ToAddresses: ["a@example.com"] } };
      await v2.send(
        new SendEmailCommand({
          ...common,
          Content: {
            Simple: {
              Subject: { Data: "1" },
              Body: { Html: { Data: "<p>only HTML</p>" } },
              Headers: [{ Name: "X-Order", Value: "42" }],
              Attachments: [
                {
                  FileName: "p.png",
                  RawContent: Buffer.from("picture"),
                  ContentType: "image/png",
                  ContentId: "p1",
                  ContentDisposition: "INLINE",
                },
                { FileName: "a.txt", RawContent: Buffer.from("file"), ContentType: "text/plain" },
              ],
            },
          },
        }),
      );
      const content = { Simple: { Subject: { Data: "2" }, Body: { Text: { Data: "only text" } } } };
      await v2.send(new SendEmailCommand({ ...common, Content: content }));
    }, 2));

  it("templates, and mail that is made from them", () =>
    expectSame(async (_v1, v2) => {
      const TemplateContent = { Subject: "Hello {{name}}", Text: "Dear {{name}}" };
      await v2.send(new CreateEmailTemplateCommand({ TemplateName: "hello", TemplateContent }));
      const Template = { TemplateName: "hello", TemplateData: '{"name":"Ada"}' };
      const Destination = { ToAddresses: ["a@example.com"] };
      await v2.send(new SendEmailCommand({ FromEmailAddress: "s@example.com", Destination, Content: { Template } }));
    }, 1));

  it("raw mail without attachments", () =>
    expectSame(async (v1, v2) => {
      const raw = [
        "From: Shop <shop@example.com>",
        "To: Ada <ada@example.com>, b@example.com",
        "Cc: c@example.com",
        "Reply-To: reply@example.com",
        "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=",
        "MIME-Version: 1.0",
        'Content-Type: multipart/alternative; boundary="b"',
        "",
        "--b",
        "Content-Type: text/plain; charset=utf-8",
        "",
        "text",
        "--b",
        "Content-Type: text/html; charset=utf-8",
        "",
        "<p>text</p>",
        "--b--",
        "",
      ].join("\r\n");
      await v1.send(new SendRawEmailCommand({ RawMessage: { Data: Buffer.from(raw) } }));
      await v2.send(new SendEmailCommand({ Content: { Raw: { Data: Buffer.from(raw) } } }));
    }, 2));

  it("raw mail with an attachment, in the members of mailparser that are shown", async () => {
    const raw = [
      "From: s@example.com",
      "To: a@example.com",
      "Subject: with a file",
      "MIME-Version: 1.0",
      'Content-Type: multipart/mixed; boundary="b"',
      "",
      "--b",
      "Content-Type: text/plain",
      "",
      "text",
      "--b",
      'Content-Type: application/pdf; name="a.pdf"',
      'Content-Disposition: attachment; filename="a.pdf"',
      "Content-Transfer-Encoding: base64",
      "",
      "UERG",
      "--b--",
      "",
    ].join("\r\n");
    const [theirs, ours] = await stores((v1) =>
      v1.send(new SendRawEmailCommand({ RawMessage: { Data: Buffer.from(raw) } })),
    );
    expect(theirs?.emails).toMatchObject(ours?.emails ?? []);
    expect(ours?.emails[0]?.attachments).toMatchObject([
      { filename: "a.pdf", contentType: "application/pdf", size: 3 },
    ]);
  });
});

describe("the other paths answer as aws-ses-v2-local's", () => {
  it("since is in seconds and inclusive; anything else is an error", async () => {
    const [theirs, ours] = await stores((_v1, v2) =>
      v2.send(
        new SendEmailCommand({
          FromEmailAddress: "s@example.com",
          Destination: { ToAddresses: ["a@example.com"] },
          Content: { Simple: { Subject: { Data: "x" }, Body: { Text: { Data: "x" } } } },
        }),
      ),
    );
    expect([theirs?.emails.length, ours?.emails.length]).toEqual([1, 1]);
    for (const url of urls) {
      const { emails } = Object(await (await fetch(`${url}/store`)).json());
      const [{ at }] = emails;
      const count = async (since: unknown) => {
        const answer = await fetch(`${url}/store?since=${since}`);
        return [answer.status, Object(await answer.json()).emails?.length];
      };
      expect(await count(at)).toEqual([200, 1]);
      expect(await count(at + 1)).toEqual([200, 0]);
      expect(await count("")).toEqual([200, 1]);
    }
    const [, url = ""] = urls;
    for (const since of ["soon", "1.5", "01", "99999999999", "0x1", "1&since=2"]) {
      const answer = await fetch(`${url}/store?since=${since}`);
      expect([since, answer.status, await answer.json()]).toMatchObject([
        since,
        400,
        { message: expect.stringMatching(/^Bad since query param/) },
      ]);
    }
  });

  it("has the mail as a file, and refuses unknown messages", async () => {
    const [, url = ""] = urls;
    await stores((_v1, v2) =>
      v2.send(
        new SendEmailCommand({
          FromEmailAddress: "s@example.com",
          Destination: { ToAddresses: ["a@example.com"] },
          Content: { Simple: { Subject: { Data: "A subject" }, Body: { Text: { Data: "x" } } } },
        }),
      ),
    );
    const { emails } = Object(await (await fetch(`${url}/store`)).json());
    const [{ messageId }] = emails;
    const { body, ...rest } = Object(await (await fetch(`${url}/get-emlContent?messageId=${messageId}`)).json());
    expect(rest).toEqual({ messageId, fileName: "A subject" });
    expect(body.type).toBe("Buffer");
    expect(Buffer.from(body.data).toString()).toContain("Subject: A subject\r\n");
    for (const query of ["", "?messageId=", "?messageId=nothing", `?messageId=${messageId}&messageId=2`]) {
      expect((await fetch(`${url}/get-emlContent${query}`)).status).toBe(400);
    }
  });

  it("has a health check", async () => {
    for (const url of urls) {
      const answer = await fetch(`${url}/health-check`);
      expect([answer.status, await answer.text()]).toEqual([200, ""]);
    }
  });
});

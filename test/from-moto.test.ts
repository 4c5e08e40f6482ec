/** moto's paths, as its users' test suites call them. */
import * as v1 from "@aws-sdk/client-ses";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";

let server: InProcessServer;
let ses: v1.SESClient;
beforeAll(async () => {
  server = await startInProcess();
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  ses = new v1.SESClient({ endpoint: server.url, region: "us-east-1", credentials, maxAttempts: 1 });
});
afterAll(async () => {
  ses.destroy();
  await server.close();
});

async function data(): Promise<unknown> {
  const answer = await fetch(`${server.url}/moto-api/data.json`);
  expect([answer.status, answer.headers.get("content-type")]).toEqual([
    200,
    expect.stringMatching(/^application\/javascript/),
  ]);
  return answer.json();
}

it("data.json has the sent messages by moto's models, and a reset deletes everything", async () => {
  const Source = "s@example.com";
  const Destination = { ToAddresses: ["a@example.com"] };
  const { MessageId: simple } = await ses.send(
    new v1.SendEmailCommand({
      Source,
      Destination,
      Message: { Subject: { Data: "S" }, Body: { Text: { Data: "the body" } } },
    }),
  );
  const raw = "From: s@example.com\nSubject: raw\n\nbody";
  const { MessageId: rawId } = await ses.send(
    new v1.SendRawEmailCommand({ Source, Destinations: ["b@example.com"], RawMessage: { Data: Buffer.from(raw) } }),
  );
  await ses.send(
    new v1.CreateTemplateCommand({ Template: { TemplateName: "t", SubjectPart: "{{a}}", TextPart: "{{a}}" } }),
  );
  const { MessageId: templated } = await ses.send(
    new v1.SendTemplatedEmailCommand({ Source, Destination, Template: "t", TemplateData: '{"a": 1}' }),
  );
  expect(await data()).toEqual({
    ses: {
      Message: [{ id: simple, source: Source, subject: "S", body: "the body", destinations: Destination }],
      RawMessage: [{ id: rawId, source: Source, destinations: ["b@example.com"], raw_data: raw }],
      TemplateMessage: [
        { id: templated, source: Source, template: "t", template_data: '{"a": 1}', destinations: Destination },
      ],
    },
  });
  const reset = await fetch(`${server.url}/moto-api/reset`, { method: "POST" });
  expect([reset.status, await reset.json()]).toEqual([200, { status: "ok" }]);
  expect(await data()).toEqual({ ses: { Message: [], RawMessage: [], TemplateMessage: [] } });
  expect((await ses.send(new v1.ListTemplatesCommand())).TemplatesMetadata).toEqual([]);
});

it("only POST resets", async () => {
  expect((await fetch(`${server.url}/moto-api/reset`)).status).toBe(404);
});

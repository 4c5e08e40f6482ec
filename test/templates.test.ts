/** Templates and bulk mail as an SDK sees them, up to what insights tell of them. */
import {
  CreateEmailTemplateCommand,
  GetEmailTemplateCommand,
  GetMessageInsightsCommand,
  ListEmailTemplatesCommand,
  SendBulkEmailCommand,
  SendEmailCommand,
  TestRenderEmailTemplateCommand,
} from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";

let server: InProcessServer;

beforeAll(async () => {
  server = await startInProcess({ environment: { MAILGLASS_EXPORT_WORKERS: "0" } });
  await server.client.send(
    new CreateEmailTemplateCommand({
      TemplateName: "order/shipped now",
      TemplateContent: { Subject: "Order {{id}}", Html: "<ul>{{#each items}}<li>{{this}}{{/each}}</ul>" },
      Tags: [{ Key: "team", Value: "shop" }],
    }),
  );
});
afterAll(() => server.close());

const TemplateName = "order/shipped now";
const insights = async (MessageId: string | undefined) => {
  const found = await server.client.send(new GetMessageInsightsCommand({ MessageId }));
  return { subject: found.Subject, events: found.Insights?.map(({ Events }) => Events?.map(({ Type }) => Type)) };
};

test("a template is read back, listed and rendered, whatever its name", async () => {
  const { client } = server;
  const found = await client.send(new GetEmailTemplateCommand({ TemplateName }));
  expect(found).toMatchObject({ TemplateName, Tags: [{ Key: "team", Value: "shop" }] });
  const { TemplatesMetadata, NextToken } = await client.send(new ListEmailTemplatesCommand({ PageSize: 1 }));
  expect(TemplatesMetadata).toEqual([{ TemplateName, CreatedTimestamp: expect.any(Date) }]);
  expect(NextToken).toBeUndefined();
  const render = (TemplateData: string) =>
    client.send(new TestRenderEmailTemplateCommand({ TemplateName, TemplateData }));
  const { RenderedTemplate } = await render('{"id":7,"items":["a","b"]}');
  expect(RenderedTemplate).toContain("Subject: Order 7\r\n");
  expect(RenderedTemplate).toContain("<ul><li>a<li>b</ul>");
  await expect(render("{}")).rejects.toMatchObject({
    name: "BadRequestException",
    message: "Attribute 'id' is not present in the rendering data.",
  });
});

test("insights show what became of templated mail", async () => {
  const send = (TemplateData: string) =>
    server.client.send(
      new SendEmailCommand({
        FromEmailAddress: "shop@example.com",
        Destination: { ToAddresses: ["jane@example.org"] },
        Content: { Template: { TemplateName, TemplateData } },
      }),
    );
  const sent = await send('{"id":8,"items":[]}');
  expect(await insights(sent.MessageId)).toEqual({ subject: "Order 8", events: [["SEND", "DELIVERY"]] });
  const failed = await send("{}");
  expect(await insights(failed.MessageId)).toEqual({ subject: undefined, events: [["SEND", "RENDERING_FAILURE"]] });
});

test("bulk mail answers a result for each entry", async () => {
  const { BulkEmailEntryResults: results } = await server.client.send(
    new SendBulkEmailCommand({
      FromEmailAddress: "shop@example.com",
      DefaultContent: { Template: { TemplateName, TemplateData: '{"id":1,"items":["x"]}' } },
      BulkEmailEntries: [
        { Destination: { ToAddresses: ["a@example.org"] } },
        { Destination: { ToAddresses: ["nowhere"] } },
        {
          Destination: { ToAddresses: ["bounce@simulator.amazonses.com"] },
          ReplacementEmailContent: { ReplacementTemplate: { ReplacementTemplateData: '{"id":2}' } },
        },
      ],
    }),
  );
  expect(results?.map(({ Status, Error: text }) => [Status, text])).toEqual([
    ["SUCCESS", undefined],
    ["INVALID_PARAMETER", "Missing final '@domain'"],
    ["SUCCESS", undefined],
  ]);
  expect(await insights(results?.[0]?.MessageId)).toEqual({ subject: "Order 1", events: [["SEND", "DELIVERY"]] });
  expect(await insights(results?.[2]?.MessageId)).toEqual({ subject: "Order 2", events: [["SEND", "BOUNCE"]] });
  expect(server.logged).toEqual([]);
});

/** Messages to send with the SDK, and what became of them. */
import {
  GetMessageInsightsCommand,
  type GetMessageInsightsResponse,
  SendEmailCommand,
  type SendEmailRequest,
} from "@aws-sdk/client-sesv2";
import { expect } from "vitest";
import type { InProcessServer } from "./in-process-server.ts";

/** A message to one recipient, with what is given. */
export const simple = (changes: Partial<SendEmailRequest> = {}): SendEmailRequest => ({
  FromEmailAddress: "sender@example.com",
  Destination: { ToAddresses: ["user@gmail.com"] },
  Content: { Simple: { Subject: { Data: "Grüße" }, Body: { Text: { Data: "Hallo\nWelt" } } } },
  ...changes,
});

/** Sends it; resolves to its id. */
export async function send(on: InProcessServer, input: SendEmailRequest): Promise<string> {
  const { MessageId = "" } = await on.client.send(new SendEmailCommand(input));
  expect(MessageId).toMatch(/^0100[0-9a-f]{12}-[0-9a-f-]{36}-000000$/);
  return MessageId;
}

/** What insights tell of it. */
export const insightsOf = (on: InProcessServer, MessageId: string) =>
  on.client.send(new GetMessageInsightsCommand({ MessageId }));

/** The events of each recipient: their types, bounces and complaints with what is said of them. */
export function told({ Insights = [] }: GetMessageInsightsResponse) {
  return Insights.map(({ Destination, Events = [] }): [string | undefined, (string | undefined)[][]] => [
    Destination,
    Events.map(({ Type, Details }) => {
      const { Bounce, Complaint } = Details ?? {};
      if (Bounce) return [Type, Bounce.BounceType, Bounce.BounceSubType, Bounce.DiagnosticCode];
      return Complaint ? [Type, Complaint.ComplaintFeedbackType] : [Type];
    }),
  ]);
}

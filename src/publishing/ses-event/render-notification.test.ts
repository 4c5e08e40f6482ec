import { describe, expect, it } from "vitest";
import { cases } from "../../../test/support/event-json-cases.ts";
import { account, fullMail, headers, mail, rowOf, sent } from "../../../test/support/published-mail.ts";
import type { MailEvent } from "../../events/event.ts";
import { prepareNotifiedMessage, renderNotification } from "./render-notification.ts";

describe("a notification of an identity", () => {
  const noted = (event: MailEvent, shown: "none" | "headers") =>
    JSON.parse(
      renderNotification(
        rowOf(event),
        prepareNotifiedMessage(rowOf(sent), shown === "none" ? "none" : headers, account),
      ),
    );
  const notedMail = {
    timestamp: mail.timestamp,
    source: mail.source,
    sourceArn: mail.sourceArn,
    sourceIp: "192.0.2.7",
    callerIdentity: "app",
    sendingAccountId: mail.sendingAccountId,
    messageId: mail.messageId,
    destination: mail.destination,
  };
  const notified = cases.filter(([, { type }]) => type === "BOUNCE" || type === "COMPLAINT" || type === "DELIVERY");

  it.each(notified)("has neither tags nor, unless asked for, headers: %s", (_, event, published) => {
    const { eventType, mail: _mail, ...body } = JSON.parse(JSON.stringify(published));
    expect(noted(event, "none")).toEqual({ notificationType: eventType, ...body, mail: notedMail });
  });

  it("has headers if asked for, and the Message-ID of the mail", () => {
    const [, event] = notified[0] ?? [];
    if (event === undefined) throw new Error("no case");
    const { headersTruncated, headers: shown, commonHeaders } = fullMail;
    const common = { ...commonHeaders, messageId: "<m@eu-west-1.amazonses.com>" };
    expect(noted(event, "headers").mail).toEqual({
      ...notedMail,
      headersTruncated,
      headers: shown,
      commonHeaders: common,
    });
  });

  it("is refused for any other event", () => {
    expect(() => noted(sent, "none")).toThrow(RangeError);
  });
});

import { describe, expect, it } from "vitest";
import type { MessageRow } from "../../../../src/admin-api/message-search.ts";
import { mergeNewest } from "./newest-rows.ts";

const row = (messageId: string, lastDelivery: MessageRow["lastDelivery"] = "SEND"): MessageRow => ({
  messageId,
  recipient: "a@example.com",
  sentAt: "2026-11-24T08:00:00.000Z",
  sender: "b@example.com",
  subject: "Hello",
  isp: "Gmail",
  ...(lastDelivery && { lastDelivery }),
});

describe("the rows shown, beside the newest", () => {
  it("stay where they are, with what has become of them", () => {
    const { rows, fresh, more } = mergeNewest([row("m2"), row("m1")], {
      messages: [row("m4"), row("m3"), row("m2", "DELIVERY"), row("m1")],
      next: "on",
    });
    expect(rows.map(({ messageId, lastDelivery }) => [messageId, lastDelivery])).toEqual([
      ["m2", "DELIVERY"],
      ["m1", "SEND"],
    ]);
    expect({ fresh, more }).toEqual({ fresh: 2, more: false });
  });

  it("tell rows of the same message apart by their recipient", () => {
    const other = { ...row("m1"), recipient: "c@example.com" };
    expect(mergeNewest([row("m1")], { messages: [other, row("m1", "DELIVERY")] })).toMatchObject({
      rows: [{ recipient: "a@example.com", lastDelivery: "DELIVERY" }],
      fresh: 1,
    });
  });

  it("may be older than all of the newest", () => {
    expect(mergeNewest([row("m1")], { messages: [row("m9"), row("m8")], next: "on" })).toMatchObject({
      fresh: 2,
      more: true,
    });
  });

  it("know nothing new where the first of them no longer passes the filters", () => {
    expect(mergeNewest([row("m3"), row("m2")], { messages: [row("m2"), row("m1")] })).toMatchObject({ fresh: 0 });
  });

  it("are none where nothing was found before", () => {
    expect(mergeNewest([], { messages: [row("m1")] })).toEqual({ rows: [], fresh: 1, more: false });
  });
});

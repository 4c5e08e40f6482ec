import { describe, expect, it } from "vitest";
import { eventStory } from "./event-story.ts";

const base = { id: "e1", at: "2026-11-24T08:00:00.000Z" };

describe("an event told to people", () => {
  it("has the server's answer as it was, and why in plain words", () => {
    const story = eventStory({
      ...base,
      type: "BOUNCE",
      bounceType: "Permanent",
      bounceSubType: "General",
      status: "5.1.1",
      diagnostic: "smtp; 550 5.1.1 <a@example.com>: no such user",
    });
    expect(story).toMatchObject({ title: "Bounced for good", tone: "bad", byMachine: false });
    expect(story.sentence).toMatch(/^There is no such mailbox\./);
    expect(story.facts).toContainEqual({
      name: "SMTP answer",
      value: "smtp; 550 5.1.1 <a@example.com>: no such user",
      code: true,
    });
    expect(story.facts).toContainEqual({ name: "SES calls it", value: "Permanent / General" });
  });

  it("leaves out what is not known", () => {
    expect(eventStory({ ...base, type: "DELIVERY" }).facts).toEqual([]);
    expect(eventStory({ ...base, type: "COMPLAINT", userAgent: "" }).facts).toEqual([]);
  });

  it("sets apart what machines did", () => {
    expect(eventStory({ ...base, type: "OPEN" })).toMatchObject({ title: "Opened", byMachine: false });
    for (const machine of ["proxy", "prefetch", "scanner", "bot"] as const) {
      const opened = eventStory({ ...base, type: "OPEN", machine });
      expect(opened).toMatchObject({ title: "Opened by a machine", byMachine: true, tone: "neutral" });
      expect(eventStory({ ...base, type: "CLICK", machine }).title).toBe("Link followed by a machine");
    }
  });

  it("tells a complaint by its kind", () => {
    const complaint = { ...base, type: "COMPLAINT" } as const;
    expect(eventStory(complaint).sentence).toMatch(/as spam/);
    expect(eventStory({ ...complaint, complaintFeedbackType: "not-spam" }).sentence).toMatch(/no complaint/);
    expect(eventStory({ ...complaint, complaintSubType: "OnAccountSuppressionList" }).sentence).toMatch(/not sent/);
  });

  it("tells what a recipient subscribed to", () => {
    const story = eventStory({
      ...base,
      type: "SUBSCRIPTION",
      contactList: "news",
      oldTopicPreferences: { unsubscribeAll: false, topicSubscriptionStatus: [] },
      newTopicPreferences: {
        unsubscribeAll: false,
        topicSubscriptionStatus: [
          { topicName: "weekly", subscriptionStatus: "OptOut" },
          { topicName: "offers", subscriptionStatus: "OptIn" },
        ],
      },
    });
    expect(story.facts).toContainEqual({ name: "Now", value: "weekly: no, offers: yes" });
  });

  it("says when a delayed mail is given up", () => {
    const story = eventStory({ ...base, type: "DELIVERY_DELAY", delayType: "MailboxFull", expirationTime: "later" });
    expect(story.sentence).toBe("The recipient's mailbox is full. It will be tried again.");
    expect(story.facts).toContainEqual({ name: "Tried until", value: "later" });
  });
});

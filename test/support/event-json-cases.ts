/** Events of one message, and the JSON that SES publishes for such events. */
import type { MailEvent } from "../../src/events/event.ts";
import { at, briefMail, fullMail, of, sent } from "./published-mail.ts";

/** Events, and what SES publishes for such events. */
export const cases: readonly (readonly [what: string, event: MailEvent, published: object])[] = [
  ["a send", sent, { eventType: "Send", mail: fullMail, send: {} }],
  [
    "a rejection",
    { ...of, at, type: "REJECT", reason: "Bad content" },
    { eventType: "Reject", mail: fullMail, reject: { reason: "Bad content" } },
  ],
  [
    "a delivery",
    {
      ...of,
      at,
      type: "DELIVERY",
      smtpResponse: "250 ok",
      processingTimeMillis: 12,
      reportingMta: "out.example.net",
      remoteMtaIp: "198.51.100.3",
    },
    {
      eventType: "Delivery",
      mail: fullMail,
      delivery: {
        timestamp: "2026-09-21T01:02:09.500Z",
        processingTimeMillis: 12,
        recipients: ["one@example.org"],
        smtpResponse: "250 ok",
        remoteMtaIp: "198.51.100.3",
        reportingMTA: "out.example.net",
      },
    },
  ],
  [
    "a delivery that names no server",
    { ...of, at, type: "DELIVERY", smtpResponse: "250 Captured", processingTimeMillis: 0 },
    {
      eventType: "Delivery",
      mail: fullMail,
      delivery: {
        timestamp: "2026-09-21T01:02:09.500Z",
        processingTimeMillis: 0,
        recipients: ["one@example.org"],
        smtpResponse: "250 Captured",
        reportingMTA: "mail.example.net",
      },
    },
  ],
  [
    "a bounce with a delivery status",
    {
      ...of,
      at,
      type: "BOUNCE",
      bounceType: "Permanent",
      bounceSubType: "General",
      feedbackId: "f-1",
      action: "failed",
      status: "5.1.1",
      diagnosticCode: "smtp; 550 5.1.1 user unknown",
      reportingMta: "dns; out.example.net",
      remoteMtaIp: "198.51.100.3",
    },
    {
      eventType: "Bounce",
      bounce: {
        feedbackId: "f-1",
        bounceType: "Permanent",
        bounceSubType: "General",
        bouncedRecipients: [
          {
            emailAddress: "one@example.org",
            action: "failed",
            status: "5.1.1",
            diagnosticCode: "smtp; 550 5.1.1 user unknown",
          },
        ],
        timestamp: "2026-09-21T01:02:09.500Z",
        remoteMtaIp: "198.51.100.3",
        reportingMTA: "dns; out.example.net",
      },
      mail: fullMail,
    },
  ],
  [
    "a bounce with a delivery status that names no server",
    {
      ...of,
      at,
      type: "BOUNCE",
      bounceType: "Permanent",
      bounceSubType: "OnTenantSuppressionList",
      feedbackId: "f-1",
      action: "failed",
    },
    {
      eventType: "Bounce",
      bounce: {
        feedbackId: "f-1",
        bounceType: "Permanent",
        bounceSubType: "OnTenantSuppressionList",
        bouncedRecipients: [{ emailAddress: "one@example.org", action: "failed" }],
        timestamp: "2026-09-21T01:02:09.500Z",
        reportingMTA: "dns; mail.example.net",
      },
      mail: fullMail,
    },
  ],
  [
    "an automatic reply",
    { ...of, at, type: "BOUNCE", bounceType: "Transient", bounceSubType: "General", feedbackId: "f-2" },
    {
      eventType: "Bounce",
      bounce: {
        feedbackId: "f-2",
        bounceType: "Transient",
        bounceSubType: "General",
        bouncedRecipients: [{ emailAddress: "one@example.org" }],
        timestamp: "2026-09-21T01:02:09.500Z",
      },
      mail: fullMail,
    },
  ],
  [
    "a complaint with a feedback report",
    {
      ...of,
      at,
      type: "COMPLAINT",
      feedbackId: "f-3",
      complaintFeedbackType: "abuse",
      userAgent: "Loop/1.0",
      arrivalDate: new Date("2026-09-21T01:02:08Z"),
    },
    {
      eventType: "Complaint",
      complaint: {
        feedbackId: "f-3",
        complaintSubType: null,
        complainedRecipients: [{ emailAddress: "one@example.org" }],
        timestamp: "2026-09-21T01:02:09.500Z",
        userAgent: "Loop/1.0",
        complaintFeedbackType: "abuse",
        arrivalDate: "2026-09-21T01:02:08.000Z",
      },
      mail: fullMail,
    },
  ],
  [
    "a complaint without one",
    { ...of, at, type: "COMPLAINT", feedbackId: "f-4", complaintSubType: "OnAccountSuppressionList" },
    {
      eventType: "Complaint",
      complaint: {
        feedbackId: "f-4",
        complaintSubType: "OnAccountSuppressionList",
        complainedRecipients: [{ emailAddress: "one@example.org" }],
        timestamp: "2026-09-21T01:02:09.500Z",
      },
      mail: fullMail,
    },
  ],
  [
    "an open by a person",
    { ...of, at, type: "OPEN", ipAddress: "203.0.113.5", userAgent: "Mail/1" },
    {
      eventType: "Open",
      mail: fullMail,
      open: {
        ipAddress: "203.0.113.5",
        timestamp: "2026-09-21T01:02:09.500Z",
        userAgent: "Mail/1",
        isBotEvent: "Unlikely",
      },
    },
  ],
  [
    "a click by a machine",
    {
      ...of,
      at,
      type: "CLICK",
      ipAddress: "203.0.113.5",
      userAgent: "Scan/1",
      link: "https://shop.example/?a=1&b",
      linkTags: { place: ["top", "left"] },
      machine: "scanner",
    },
    {
      eventType: "Click",
      click: {
        ipAddress: "203.0.113.5",
        timestamp: "2026-09-21T01:02:09.500Z",
        userAgent: "Scan/1",
        link: "https://shop.example/?a=1&b",
        linkTags: { place: ["top", "left"] },
        isBotEvent: "Likely",
      },
      mail: fullMail,
    },
  ],
  [
    "a click on a link without tags",
    { ...of, at, type: "CLICK", ipAddress: "203.0.113.5", userAgent: "Mail/1", link: "https://shop.example/" },
    {
      eventType: "Click",
      click: {
        ipAddress: "203.0.113.5",
        timestamp: "2026-09-21T01:02:09.500Z",
        userAgent: "Mail/1",
        link: "https://shop.example/",
        linkTags: null,
        isBotEvent: "Unlikely",
      },
      mail: fullMail,
    },
  ],
  [
    "a template that can't be rendered",
    {
      ...of,
      at,
      type: "RENDERING_FAILURE",
      errorMessage: "Attribute 'name' is not present in the rendering data.",
      templateName: "welcome",
    },
    {
      eventType: "Rendering Failure",
      mail: briefMail,
      failure: { errorMessage: "Attribute 'name' is not present in the rendering data.", templateName: "welcome" },
    },
  ],
  [
    "a delay",
    {
      ...of,
      at,
      type: "DELIVERY_DELAY",
      delayType: "MailboxFull",
      expirationTime: new Date("2026-09-21T15:02:03Z"),
      status: "4.2.2",
      diagnosticCode: "smtp; 452 4.2.2 mailbox full",
    },
    {
      eventType: "DeliveryDelay",
      mail: briefMail,
      deliveryDelay: {
        timestamp: "2026-09-21T01:02:09.500Z",
        delayType: "MailboxFull",
        expirationTime: "2026-09-21T15:02:03.000Z",
        delayedRecipients: [
          { emailAddress: "one@example.org", status: "4.2.2", diagnosticCode: "smtp; 452 4.2.2 mailbox full" },
        ],
      },
    },
  ],
  [
    "a subscription",
    {
      ...of,
      at,
      type: "SUBSCRIPTION",
      contactList: "readers",
      source: "UnsubscribeHeader",
      newTopicPreferences: {
        unsubscribeAll: true,
        topicSubscriptionStatus: [{ topicName: "news", subscriptionStatus: "OptOut" }],
      },
      oldTopicPreferences: {
        unsubscribeAll: false,
        topicSubscriptionStatus: [{ topicName: "news", subscriptionStatus: "OptIn" }],
      },
    },
    {
      eventType: "Subscription",
      mail: fullMail,
      subscription: {
        contactList: "readers",
        timestamp: "2026-09-21T01:02:09.500Z",
        source: "UnsubscribeHeader",
        newTopicPreferences: {
          unsubscribeAll: true,
          topicSubscriptionStatus: [{ topicName: "news", subscriptionStatus: "OptOut" }],
        },
        oldTopicPreferences: {
          unsubscribeAll: false,
          topicSubscriptionStatus: [{ topicName: "news", subscriptionStatus: "OptIn" }],
        },
      },
    },
  ],
];

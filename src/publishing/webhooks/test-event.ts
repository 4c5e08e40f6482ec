/** The event that the admin API posts to try out a webhook. */

const source = "sender@example.com";
const recipient = "success@simulator.amazonses.com";
/** No server made it. */
const messageId = "00000000000000000-00000000-0000-0000-0000-000000000000-000000";

/** In SES's format: a delivery to the mailbox simulator, which changes nothing at receivers that act on events. */
export function testEvent(now: Date): string {
  const timestamp = now.toISOString();
  return JSON.stringify({
    eventType: "Delivery",
    mail: {
      timestamp,
      source,
      messageId,
      destination: [recipient],
      headersTruncated: false,
      headers: [
        { name: "From", value: source },
        { name: "To", value: recipient },
        { name: "Subject", value: "Test of a webhook" },
      ],
      commonHeaders: { from: [source], to: [recipient], messageId, subject: "Test of a webhook" },
      tags: { "mailglass:test": ["true"] },
    },
    delivery: {
      timestamp,
      processingTimeMillis: 0,
      recipients: [recipient],
      smtpResponse: "250 2.6.0 Message received",
      reportingMTA: "localhost",
    },
  });
}

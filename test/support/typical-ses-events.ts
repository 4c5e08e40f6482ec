/** Events as SES publishes them for typical mail: 1.5 to 2.5 KB each, with headers, mostly sends and deliveries. */

/** The account and region that send the mail. */
export const sendingAccount = "111122223333";
export const sendingRegion = "eu-west-1";

const firstSentAt = Date.UTC(2026, 9, 1);
/** Ten messages a second. */
const everyMs = 100;

/** The ID of the message with this number. */
export function typicalMessageId(number: number): string {
  const time = (firstSentAt + number * everyMs).toString(16).padStart(12, "0");
  const digits = (Math.imul(number + 1, 0x9e3779b1) >>> 0).toString(16).padStart(8, "0");
  return `0102${time}-${digits}-4c1b-4d5e-8f00-${number.toString(16).padStart(12, "0")}-000000`;
}

/** The two to five events of a message, as JSON. */
export function typicalEvents(number: number): string[] {
  const mail = mailOf(number);
  const [recipient] = mail.destination;
  const after = (ms: number) => new Date(firstSentAt + number * everyMs + ms).toISOString();
  const sent = JSON.stringify({ eventType: "Send", mail, send: {} });
  if (number % 29 === 0) {
    const bouncedRecipients = [
      {
        emailAddress: recipient,
        action: "failed",
        status: "5.1.1",
        diagnosticCode: "smtp; 550 5.1.1 The email account that you tried to reach does not exist.",
      },
    ];
    const bounce = {
      feedbackId: `fb-${number}`,
      bounceType: "Permanent",
      bounceSubType: "General",
      bouncedRecipients,
      timestamp: after(1_500),
      remoteMtaIp: "198.51.100.3",
      reportingMTA: "dns; a4-12.smtp-out.eu-west-1.amazonses.com",
    };
    return [sent, JSON.stringify({ eventType: "Bounce", bounce, mail })];
  }
  const delivery = {
    timestamp: after(1_250),
    processingTimeMillis: 1_250,
    recipients: [recipient],
    smtpResponse: "250 2.0.0 OK  1727780000 ffacd0b85a97d-37cd56e5baesi3000000f8f.1 - gsmtp",
    remoteMtaIp: "198.51.100.4",
    reportingMTA: "a4-12.smtp-out.eu-west-1.amazonses.com",
  };
  const events = [sent, JSON.stringify({ eventType: "Delivery", mail, delivery })];
  const userAgent =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile";
  if (number % 3 === 0) {
    const open = { timestamp: after(600_000), userAgent, ipAddress: "203.0.113.7" };
    events.push(JSON.stringify({ eventType: "Open", mail, open }));
  }
  if (number % 12 === 0) {
    const click = {
      timestamp: after(660_000),
      ipAddress: "203.0.113.7",
      userAgent,
      link: `https://www.example.com/offers/${number}?utm_source=news`,
      linkTags: { section: ["top"] },
    };
    events.push(JSON.stringify({ eventType: "Click", mail, click }));
  }
  if (number % 500 === 1) {
    const complaint = {
      feedbackId: `fc-${number}`,
      complainedRecipients: [{ emailAddress: recipient }],
      timestamp: after(3_600_000),
      userAgent: "Yahoo!-Mail-Feedback/2.0",
      complaintFeedbackType: "abuse",
      arrivalDate: after(3_590_000),
    };
    events.push(JSON.stringify({ eventType: "Complaint", complaint, mail }));
  }
  return events;
}

const domains = ["gmail.com", "yahoo.com", "outlook.com", "example.org", "web.de"];

function mailOf(number: number) {
  const recipient = `user.${number}@${domains[number % domains.length]}`;
  const messageId = typicalMessageId(number);
  const from = '"Example Shop" <news@shop.example.com>';
  const subject = `Your weekly offers, number ${number}: up to 40 % off`;
  const header = (name: string, value: string) => ({ name, value });
  return {
    timestamp: new Date(firstSentAt + number * everyMs).toISOString(),
    source: "news@shop.example.com",
    sourceArn: `arn:aws:ses:${sendingRegion}:${sendingAccount}:identity/shop.example.com`,
    sendingAccountId: sendingAccount,
    messageId,
    destination: [recipient],
    headersTruncated: false,
    headers: [
      header("From", from),
      header("To", recipient),
      header("Subject", subject),
      header("MIME-Version", "1.0"),
      header("Content-Type", 'multipart/alternative;  boundary="----=_Part_1234_567890.1727780000000"'),
      header("Message-ID", `<${messageId}@eu-west-1.amazonses.com>`),
      header("List-Unsubscribe", `<https://shop.example.com/unsubscribe/${number}>`),
      header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
      header("X-Campaign", "weekly-2026-10"),
    ],
    commonHeaders: { from: [from], to: [recipient], messageId, subject },
    tags: {
      "ses:source-tls-version": ["TLSv1.3"],
      "ses:operation": ["SendEmail"],
      "ses:configuration-set": ["newsletters"],
      "ses:recipient-isp": ["Gmail"],
      "ses:source-ip": ["192.0.2.17"],
      "ses:from-domain": ["shop.example.com"],
      "ses:caller-identity": ["newsletter-sender"],
      campaign: ["weekly"],
    },
  };
}

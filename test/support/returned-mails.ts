/** Mail as other servers return it. */

/** A bounce (RFC 3464). */
export function bounceMail(
  options: { recipient?: string; status?: string; diagnostic?: string; action?: string; messageId?: string } = {},
): string {
  const {
    recipient = "user@gmail.com",
    status = "5.1.1",
    diagnostic = "smtp; 550 5.1.1 The email account that you tried to reach does not exist",
    action = "failed",
    messageId = "<20261124.1@mx.example.net>",
  } = options;
  return `Received: from mx.example.net by relay.example.net; Tue, 24 Nov 2026 07:00:00 +0000
From: Mail Delivery System <MAILER-DAEMON@mx.example.net>
To: <bounces@example.com>
Subject: Undelivered Mail Returned to Sender
Message-ID: ${messageId}
Date: Tue, 24 Nov 2026 07:00:00 +0000
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain

This is the mail system at host mx.example.net.

<${recipient}>: host said: ${diagnostic}

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
Arrival-Date: Tue, 24 Nov 2026 06:59:00 +0000

Final-Recipient: rfc822; ${recipient}
Action: ${action}
Status: ${status}
Remote-MTA: dns; gmail-smtp-in.example.net [192.0.2.26]
Diagnostic-Code: ${diagnostic}

--b1
Content-Type: text/rfc822-headers

From: sender@example.com
To: ${recipient}
Subject: hello

--b1--
`;
}

/** An abuse report (RFC 5965) that includes a message with these headers. */
export function complaintMail(originalHeaders: string, { type = "abuse", from = "fbl@isp.example.net" } = {}): string {
  return `From: <${from}>
To: <fbl@bounces.example.com>
Subject: FW: complaint
Message-ID: <arf.1@isp.example.net>
Date: Tue, 24 Nov 2026 07:00:00 +0000
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b2"

--b2
Content-Type: text/plain

This is an email abuse report.

--b2
Content-Type: message/feedback-report

Feedback-Type: ${type}
User-Agent: SomeGenerator/1.0
Version: 1
Arrival-Date: Tue, 24 Nov 2026 07:00:00 +0000
Original-Rcpt-To: <user@gmail.com>

--b2
Content-Type: message/rfc822

${originalHeaders}
From: sender@example.com
To: user@gmail.com
Subject: hello

text
--b2--
`;
}

/** An answer that nobody wrote (RFC 3834). */
export const vacationMail = `From: user@gmail.com
To: sender@example.com
Subject: Out of office: hello
Auto-Submitted: auto-replied
Message-ID: <vacation.1@gmail.com>
Date: Tue, 24 Nov 2026 07:00:00 +0000

I am away until Monday.
`;

/** A letter. */
export const plainMail = `From: user@gmail.com
To: sender@example.com
Subject: Re: hello
Message-ID: <letter.1@gmail.com>
Date: Tue, 24 Nov 2026 07:00:00 +0000

Thank you, that is kind of you.
`;

/** How the SMTP ports end, and how they change their certificate. */
import { once } from "node:events";
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import { expect, it } from "vitest";
import { readHistory } from "../src/events/history.ts";
import { openCertificate } from "../src/mail-ports/certificate.ts";
import { openSmtp } from "./support/smtp-socket.ts";
import { startSubmissionServer } from "./support/submission-server.ts";

const envelope = "MAIL FROM:<sender@example.com>\r\nRCPT TO:<user@example.com>\r\nDATA\r\n";

it("a port that closes takes the messages under way and lets all others go", async () => {
  const { server, submission, logged } = await startSubmissionServer();
  const port = submission.smtpPort ?? 0;
  await using busy = await openSmtp(port);
  await using idle = await openSmtp(port);
  await using stuck = await openSmtp(port);
  for (const client of [busy, stuck]) {
    client.write(envelope);
    for (let n = 0; n < 3; n++) await client.reply();
    client.write("From: sender@example.com\r\nSubject: under way\r\n\r\n");
  }
  const closed = submission.close();
  expect(await idle.closed()).toBe("421 Server shutting down\r\n");
  const late = connect(port, "127.0.0.1");
  await once(late, "error");
  const reply = await busy.ask("the rest\r\n.\r\n");
  const id = /^250 Ok (0100\S+)$/.exec(reply)?.[1] ?? "";
  expect(await busy.closed()).toBe("421 Server shutting down\r\n");
  // Who never comes to an end is not waited for without end.
  expect(await stuck.closed()).toMatch(/^421 /);
  await closed;
  expect((await readHistory(server, id)).map(({ type }) => type)).toEqual(["SEND", "DELIVERY"]);
  expect(logged).toEqual([]);
  await server.close();
});

it("a certificate that is renewed is shown from the next connection on", async () => {
  const { submission, close } = await startSubmissionServer();
  const shown = async () => {
    const tls = connectTls({ port: submission.smtpsPort ?? 0, host: "127.0.0.1", rejectUnauthorized: false });
    await once(tls, "secureConnect");
    const { subject } = tls.getPeerCertificate();
    tls.destroy();
    return subject.CN;
  };
  expect(await shown()).toBe("mail.example.com");
  const hostname = "other.example.com";
  submission.renewCertificate(await openCertificate({ certificateFile: undefined, keyFile: undefined, hostname }));
  expect(await shown()).toBe(hostname);
  await close();
});

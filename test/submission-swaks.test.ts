/** swaks hands mail in. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readHistory } from "../src/events/history.ts";
import { swaksMissing } from "./support/missing-tools.ts";
import { type SubmissionServer, smtpLogin, startSubmissionServer } from "./support/submission-server.ts";
import { swaks } from "./support/swaks.ts";

const envelope = ["--from", "sender@example.com", "--to", "user@gmail.com"];

describe.skipIf(swaksMissing())("swaks", () => {
  let required: SubmissionServer;
  let smtp = 0;
  let smtps = 0;

  beforeAll(async () => {
    required = await startSubmissionServer({ authentication: "required" });
    smtp = required.submission.smtpPort ?? 0;
    smtps = required.submission.smtpsPort ?? 0;
  });
  afterAll(() => required.close());

  const login = ["--auth-user", smtpLogin.user, "--auth-password", smtpLogin.pass];

  it.each([
    ["STARTTLS and AUTH PLAIN", () => smtp, ["--tls", "--auth", "PLAIN", ...login]],
    ["STARTTLS and AUTH LOGIN", () => smtp, ["--tls", "--auth", "LOGIN", ...login]],
    ["STARTTLS and pipelining", () => smtp, ["--tls", "--auth", ...login, "--pipeline"]],
    ["TLS from the start", () => smtps, ["--tls-on-connect", "--auth", ...login]],
  ])("sends with %s", async (_name, port, args) => {
    const { exitCode, session } = await swaks(port(), ...envelope, ...args, "--header", "X-SES-MESSAGE-TAGS: by=swaks");
    const id = /250 Ok (0100\S+-000000)/.exec(session)?.[1];
    expect([exitCode, id], session).toEqual([0, expect.any(String)]);
    const [first] = await readHistory(required.server, id ?? "");
    expect(first).toMatchObject({ recipient: "user@gmail.com", source: "sender@example.com" });
    expect(first?.tags).toMatchObject({ by: ["swaks"], "ses:caller-identity": [smtpLogin.user] });
  });

  it("is refused without TLS, without a login, and with a wrong one", async () => {
    expect((await swaks(smtp, ...envelope)).session).toContain("530 Must issue a STARTTLS command first");
    expect((await swaks(smtp, ...envelope, "--tls")).session).toContain("530 Authentication required");
    const wrong = ["--tls", "--auth", "PLAIN", "--auth-user", smtpLogin.user, "--auth-password", "wrong"];
    const { exitCode, session } = await swaks(smtp, ...envelope, ...wrong);
    expect(exitCode).not.toBe(0);
    expect(session).toContain("535 Authentication Credentials Invalid");
  });
});

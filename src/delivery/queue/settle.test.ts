import { describe, expect, it } from "vitest";
import { queuedMail } from "../../../test/support/queued-mail.ts";
import type { Failure, Outcome, SmtpReply } from "../transport.ts";
import { type SettleOptions, settle, settleExpired } from "./settle.ts";

const sentAt = new Date("2026-11-24T07:00:00.000Z");
const after = (seconds: number) => new Date(sentAt.getTime() + seconds * 1000);
const options: SettleOptions = {
  worker: "8d7c0c52-6f0c-4f0e-9b1d-0f6d8a3a3b11",
  schedule: [60, 120],
  maxSeconds: 14 * 3600,
  at: after(5),
  hostname: "mail.sender.example",
};
const host = { name: "mx.example.com", address: "192.0.2.25" };
const reply = (code: number, status: string | undefined, text: string): SmtpReply => ({ code, status, text });

function failed(given: Partial<Failure>): Outcome {
  const failure: Failure = {
    stage: "rcpt",
    permanent: false,
    reply: undefined,
    message: "it failed",
    status: "4.0.0",
    host,
    affectsDomain: false,
    ...given,
  };
  return { delivered: false, failure };
}

describe("settle", () => {
  it("tells a delivery, and is done with the mail", () => {
    const outcome: Outcome = { delivered: true, reply: reply(250, "2.0.0", "Ok: queued as 7"), host };
    const { settlement, bounce } = settle(queuedMail({ configurationSet: "news" }), outcome, options);
    expect(bounce).toBeUndefined();
    expect(settlement).toMatchObject({
      id: 1,
      worker: options.worker,
      retry: undefined,
      origin: { configurationSet: "news", tenant: undefined },
      events: [
        {
          type: "DELIVERY",
          recipient: "ada@example.com",
          at: options.at,
          smtpResponse: "250 2.0.0 Ok: queued as 7",
          processingTimeMillis: 5_000,
          reportingMta: "mail.sender.example",
          remoteMtaIp: "192.0.2.25",
        },
      ],
    });
  });

  it("tells a refusal as the bounce that its reply means", () => {
    const outcome = failed({ permanent: true, reply: reply(550, "5.1.1", "No such user here"), status: "5.1.1" });
    const { settlement, bounce } = settle(queuedMail(), outcome, options);
    expect(settlement.retry).toBeUndefined();
    expect(settlement.events).toEqual([bounce]);
    expect(bounce).toMatchObject({
      bounceType: "Permanent",
      bounceSubType: "General",
      action: "failed",
      status: "5.1.1",
      diagnosticCode: "smtp; 550 5.1.1 No such user here",
      reportingMta: "dns; mail.sender.example",
      remoteMtaIp: "192.0.2.25",
    });
  });

  it("says where the reason of a refusal is a guess", () => {
    const said = "nobody of that name has a box on this machine";
    const { bounce } = settle(queuedMail(), failed({ permanent: true, reply: reply(550, undefined, said) }), options);
    expect(bounce).toMatchObject({ bounceType: "Permanent", bounceSubType: "General", guessed: true });
  });

  it("lets mail wait that failed for now, and tells the delay", () => {
    const outcome = failed({ reply: reply(452, "4.2.2", "Mailbox full"), status: "4.2.2" });
    const { settlement } = settle(queuedMail({ tries: 1 }), outcome, options);
    expect(settlement.retry).toEqual({
      dueAt: after(125),
      status: "4.2.2",
      diagnostic: "smtp; 452 4.2.2 Mailbox full",
    });
    expect(settlement.events).toMatchObject([
      {
        type: "DELIVERY_DELAY",
        delayType: "MailboxFull",
        expirationTime: after(14 * 3600),
        status: "4.2.2",
        diagnosticCode: "smtp; 452 4.2.2 Mailbox full",
      },
    ]);
  });

  it("classifies our own failures by their status, not by words that would mean another thing of a server", () => {
    const message = "The mail servers of example.com can't be found out: the MX query for example.com failed.";
    const failure = { stage: "route", message, status: "4.4.3", host: undefined, affectsDomain: true } as const;
    const { settlement } = settle(queuedMail(), failed(failure), options);
    expect(settlement.events).toMatchObject([{ delayType: "TransientCommunicationFailure", status: "4.4.3" }]);
    const late = { ...options, at: after(14 * 3600) };
    expect(settle(queuedMail({ tries: 7 }), failed(failure), late).bounce).toMatchObject({ bounceType: "Transient" });
    const final = settle(queuedMail(), failed({ ...failure, permanent: true }), options);
    expect(final.bounce).toMatchObject({ bounceType: "Transient", bounceSubType: "General" });
    const unknown = failed({ ...failure, status: "5.1.2", message: "example.com has no servers", permanent: true });
    expect(settle(queuedMail(), unknown, options).bounce).toMatchObject({ bounceType: "Permanent" });
  });

  it("gives up at the end of the time, with the last failure in the bounce", () => {
    const outcome = failed({ stage: "connect", message: "Connection refused by 192.0.2.25", affectsDomain: true });
    const late = { ...options, at: after(14 * 3600) };
    const { settlement, bounce } = settle(queuedMail({ tries: 7 }), outcome, late);
    expect(settlement.retry).toBeUndefined();
    expect(bounce).toMatchObject({ bounceType: "Transient", bounceSubType: "General", status: "4.4.7" });
    expect(bounce?.diagnosticCode).toContain("Connection refused by 192.0.2.25");
    const full = failed({ reply: reply(452, "4.2.2", "Mailbox full"), status: "4.2.2" });
    expect(settle(queuedMail(), full, late).bounce).toMatchObject({ bounceSubType: "MailboxFull" });
  });

  it("names the time that a configuration set made shorter", () => {
    const short = queuedMail({ expiresAt: after(300) });
    const { bounce } = settle(short, failed({}), { ...options, at: after(300) });
    expect(bounce).toMatchObject({ bounceType: "Transient", bounceSubType: "CustomTimeoutExceeded" });
  });

  it("tells nothing of the server's own mail", () => {
    const own = queuedMail({ messageId: undefined });
    const refused = failed({ permanent: true, reply: reply(550, undefined, "no") });
    for (const outcome of [refused, failed({})]) {
      const { settlement, bounce } = settle(own, outcome, options);
      expect(settlement.events).toEqual([]);
      expect(bounce).toBeUndefined();
    }
    expect(settleExpired(own, options).settlement.events).toEqual([]);
  });
});

describe("settleExpired", () => {
  it("bounces with what the last try failed by, if there was one", () => {
    const tried = queuedMail({ tries: 3, lastStatus: "4.3.2", lastDiagnostic: "smtp; 421 4.3.2 Shutting down" });
    expect(settleExpired(tried, options).bounce?.diagnosticCode).toMatch(/Last: 421 4.3.2 Shutting down$/);
    expect(settleExpired(queuedMail(), options).bounce?.diagnosticCode).toMatch(/it was not tried in time$/);
  });
});

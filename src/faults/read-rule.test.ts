import { describe, expect, it } from "vitest";
import { FaultError } from "./fault-error.ts";
import { readRule } from "./read-rule.ts";

const context = { captures: true, hasAnonymousSmtp: true };
const throttle = { type: "throttle" };

describe("a fault rule", () => {
  it.each([
    { effect: throttle },
    { match: { operation: "SendEmail" }, effect: throttle, times: 2 },
    {
      match: { operation: ["SendRawEmail", "SendEmail", "SendSmtpEmail"] },
      effect: { type: "reject", message: "No." },
    },
    { match: { operation: "GetAccount" }, effect: { type: "error", status: 503 } },
    { match: { operation: "SendTemplatedEmail" }, effect: { type: "error", code: "TemplateDoesNotExist" } },
    { match: { operation: "GetContact" }, effect: { type: "error", code: "NotFoundException", status: 404 } },
    { match: { operation: "GetAccount" }, effect: { type: "error", code: "ExpiredTokenException" } },
    { match: { sender: "a@b.example" }, effect: { type: "latency", milliseconds: 60_000 } },
    { match: { tag: { kind: "order" }, configurationSet: "set" }, effect: { type: "disconnect", when: "after" } },
    { effect: { type: "smtp", stage: "CONNECT", code: 421, text: "4.3.2 busy" } },
    { match: { recipient: "b.example" }, effect: { type: "smtp", stage: "RCPT", code: 599 } },
    { effect: throttle, probability: 0.5, seed: 7 },
  ])("is read as it is given: %j", (rule) => {
    expect(readRule(rule, context)).toEqual(
      typeof rule.match?.operation === "string"
        ? { ...rule, match: { ...rule.match, operation: [rule.match.operation] } }
        : rule,
    );
  });

  it("folds addresses and domains, and reads outcomes with their defaults", () => {
    const rule = { match: { recipient: "Some.One@MÜNCHEN.example", sender: "@Example.COM" }, effect: throttle };
    expect(readRule(rule, context).match).toEqual({
      recipient: "some.one@xn--mnchen-3ya.example",
      sender: "example.com",
    });
    const outcome = { type: "outcome", events: [{ type: "BOUNCE", bounceType: "Transient" }] };
    expect(readRule({ effect: outcome }, context).effect).toEqual({
      type: "outcome",
      events: [{ type: "BOUNCE", bounceType: "Transient", bounceSubType: "General" }],
    });
  });

  it.each<[unknown, string]>([
    [undefined, "A fault rule must be a JSON object."],
    [[], "A fault rule must be a JSON object."],
    [{}, "A fault rule must have an effect"],
    [{ effect: {} }, "effect must have a type"],
    [{ effect: { type: "chaos" } }, "type must be one of throttle, reject"],
    [{ effect: { type: "throttle", after: 1 } }, 'Effect has no member "after"'],
    [{ effect: throttle, time: 1 }, 'A fault rule has no member "time". It may have match, effect, times'],
    [{ effect: throttle, match: { to: "a@b.c" } }, 'Match has no member "to"'],
    [{ effect: throttle, times: 0 }, "times must be a whole number from 1 to 1000000."],
    [{ effect: throttle, times: 1.5 }, "times must be a whole number"],
    [{ effect: throttle, times: "2" }, "times must be a whole number"],
    [{ effect: throttle, times: 1e9 }, "times must be a whole number"],
    [{ effect: throttle, probability: 0 }, "probability must be a number above 0 and up to 1."],
    [{ effect: throttle, probability: 1.1 }, "probability must be a number above 0"],
    [{ effect: throttle, seed: 1 }, "A seed has no use without a probability."],
    [{ effect: throttle, probability: 0.5, seed: -1 }, "seed must be a whole number from 0"],
    [{ effect: throttle, match: { operation: "SendMail" } }, 'There is no operation "SendMail".'],
    [{ effect: throttle, match: { operation: [] } }, "operation must name an operation"],
    [{ effect: throttle, match: { operation: "constructor" } }, 'There is no operation "constructor".'],
    [{ effect: throttle, match: { recipient: "two words" } }, "recipient must be an address"],
    [{ effect: throttle, match: { recipient: "" } }, "recipient must be a text of 1 to 320 characters"],
    [{ effect: throttle, match: { tag: {} } }, "tag must be an object of 1 to 50 names"],
    [{ effect: throttle, match: { tag: { a: 1 } } }, "tag must be an object of 1 to 50 names"],
    [{ effect: throttle, match: { operation: "GetAccount", sender: "a@b.c" } }, "GetAccount sends no message"],
    [{ effect: { type: "error" } }, "An error must have a code of the operation's model, or a status from 500 to 599."],
    [{ effect: { type: "error", status: 404 } }, "An error must have a code"],
    [{ effect: { type: "error", status: 200, code: "NotFoundException" } }, "status must be a whole number from 400"],
    [{ effect: { type: "error", code: "Nope" } }, 'The SES APIs have no error "Nope".'],
    [
      { effect: { type: "error", code: "ConflictException" }, match: { operation: "GetAccount" } },
      "GetAccount has no error ConflictException. It has TooManyRequestsException, BadRequestException",
    ],
    [{ effect: { type: "latency" } }, "A latency must have milliseconds"],
    [{ effect: { type: "latency", milliseconds: 60_001 } }, "milliseconds must be a whole number from 1 to 60000."],
    [{ effect: { type: "disconnect" } }, "A disconnect must say when"],
    [{ effect: { type: "smtp", code: 450 } }, "An SMTP reply must have a stage"],
    [{ effect: { type: "smtp", stage: "MAIL" } }, "An SMTP reply must have a code from 400 to 599"],
    [{ effect: { type: "smtp", stage: "MAIL", code: 250 } }, "code must be a whole number from 400 to 599."],
    [{ effect: { type: "smtp", stage: "MAIL", code: 450, text: "a\r\nb" } }, "text must be a text"],
    [
      { effect: { type: "smtp", stage: "MAIL", code: 450 }, match: { recipient: "a@b.c" } },
      "The recipient is not known at the stage MAIL, but from RCPT on.",
    ],
    [{ effect: { type: "smtp", stage: "DATA", code: 450 }, match: { tag: { a: "b" } } }, "The tag is not known"],
    [
      { effect: { type: "smtp", stage: "DATA", code: 450 }, match: { operation: "SendEmail" } },
      "can't be to SendEmail",
    ],
    [{ effect: { type: "outcome" } }, "An outcome must have a list of 1 to 10 events"],
    [{ effect: { type: "outcome", events: [{ type: "SEND" }] } }, "Each message has its SEND event"],
    [{ effect: { type: "outcome", events: [{ type: "BOUNCE", at: "2026-01-01T00:00:00Z" }] } }, 'no member "at"'],
    [
      { effect: { type: "outcome", events: [{ type: "BOUNCE", bounceSubType: "MailboxFull" }] } },
      "bounceSubType must be one of General, NoEmail",
    ],
  ])("that is impossible is refused: %j", (rule, text) => {
    expect(() => readRule(rule, context)).toThrow(FaultError);
    expect(() => readRule(rule, context)).toThrow(text);
  });

  it("can't choose outcomes where mail leaves, nor meet SMTP clients of other scopes before they log in", () => {
    const outcome = { effect: { type: "outcome", events: [{ type: "BOUNCE" }] } };
    expect(() => readRule(outcome, { ...context, captures: false })).toThrow("only where mail is captured");
    const ehlo = { effect: { type: "smtp", stage: "EHLO", code: 450 } };
    expect(() => readRule(ehlo, { ...context, hasAnonymousSmtp: false })).toThrow("Use AUTH or a later one.");
    const auth = { effect: { type: "smtp", stage: "AUTH", code: 454 } };
    expect(readRule(auth, { ...context, hasAnonymousSmtp: false })).toEqual(auth);
  });
});

import { describe, expect, it } from "vitest";
import { standardScope } from "../../test/support/default-scope.ts";
import type { FaultMatch, NewFaultRule } from "../admin-api/faults.ts";
import { createFaults, type Faults, withFaults } from "./faults.ts";
import { ConnectionBreak, InjectedError, SmtpFault } from "./injected.ts";
import type { CallPoint, MessagePoint, SmtpPoint } from "./points.ts";

const other = { ...standardScope, id: 2 };
const call: CallPoint = { at: "call", api: "v2", operation: "SendEmail" };
const message: MessagePoint = {
  at: "message",
  api: "v2",
  operation: "SendEmail",
  sender: "Sender@example.com",
  recipients: ["one@a.example", "Two@B.example"],
  tags: { kind: ["order", "express"], "ses:operation": ["SendEmail"] },
  configurationSet: "set",
};
const overSmtp: MessagePoint = { ...message, api: "smtp", operation: "SendSmtpEmail" };
const throttle: NewFaultRule = { effect: { type: "throttle" } };

/** What becomes of work at a point: its error, or nothing. */
const outcome = (faults: Faults, point: CallPoint | MessagePoint | SmtpPoint = call, scope = standardScope) =>
  withFaults({ faults, scope, point: () => point }, async () => {}).catch((error: unknown) => error);

describe("rules of faults", () => {
  it("affect the calls of their own scope, as many as they say, and count them", async () => {
    const faults = createFaults();
    expect(faults.any()).toBe(false);
    const { id } = faults.add(standardScope.id, { ...throttle, times: 2 });
    expect(faults.any()).toBe(true);
    expect(await outcome(faults, call, other)).toBeUndefined();
    const told = { code: "TooManyRequestsException", status: 429, text: "Maximum sending rate exceeded." };
    expect(await outcome(faults)).toMatchObject(told);
    expect(await outcome(faults, { ...call, operation: "GetAccount" })).toMatchObject({ text: "Rate exceeded" });
    expect(await outcome(faults)).toBeUndefined();
    expect(faults.find(standardScope.id, id)).toMatchObject({ matches: 2, hits: 2, times: 2 });
    expect(faults.list(other.id)).toEqual([]);
    expect(faults.find(other.id, id)).toBeUndefined();
    expect(faults.remove(other.id, id)).toBe(false);
    expect(faults.remove(standardScope.id, id)).toBe(true);
    expect(faults.any()).toBe(false);
  });

  it("affect a share of the calls, the same ones for the same seed", async () => {
    const run = async () => {
      const faults = createFaults();
      faults.add(standardScope.id, { ...throttle, probability: 0.3, seed: 11 });
      const hit: boolean[] = [];
      for (let n = 0; n < 200; n++) hit.push((await outcome(faults)) instanceof InjectedError);
      const [rule] = faults.list(standardScope.id);
      expect(rule).toMatchObject({ matches: 200, hits: hit.filter(Boolean).length, seed: 11 });
      return hit;
    };
    const first = await run();
    expect(first.filter(Boolean).length).toBeGreaterThan(30);
    expect(first.filter(Boolean).length).toBeLessThan(90);
    expect(await run()).toEqual(first);
    const faults = createFaults();
    expect(faults.add(1, { ...throttle, probability: 0.5 }).seed).toEqual(expect.any(Number));
  });

  it.each<[FaultMatch, boolean]>([
    [{ recipient: "ONE@a.example".toLowerCase() }, true],
    [{ recipient: "b.example" }, true],
    [{ recipient: "example" }, false],
    [{ recipient: "three@a.example" }, false],
    [{ sender: "sender@example.com" }, true],
    [{ sender: "example.com" }, true],
    [{ sender: "example.org" }, false],
    [{ tag: { kind: "express" } }, true],
    [{ tag: { kind: "order", campaign: "x" } }, false],
    [{ tag: { constructor: "x" } }, false],
    [{ configurationSet: "set" }, true],
    [{ configurationSet: "Set" }, false],
    [{ configurationSet: "set", operation: ["SendRawEmail", "SendEmail"] }, true],
    [{ configurationSet: "set", operation: ["SendRawEmail"] }, false],
    [{ sender: "example.com", recipient: "c.example" }, false],
  ])("with conditions on messages are about those messages: %j", async (match, matches) => {
    const faults = createFaults();
    faults.add(standardScope.id, { ...throttle, match });
    expect((await outcome(faults, message)) instanceof InjectedError).toBe(matches);
    // Not before the message is known.
    expect(await outcome(faults, call)).toBeUndefined();
  });

  it("without conditions on messages affect an API call once, and mail over SMTP", async () => {
    const faults = createFaults();
    faults.add(standardScope.id, throttle);
    expect(await outcome(faults, call)).toBeInstanceOf(InjectedError);
    expect(await outcome(faults, message)).toBeUndefined();
    expect(await outcome(faults, overSmtp)).toBeInstanceOf(InjectedError);
  });

  it("wait for latencies, then do what the first other rule says; removing them ends the wait", async () => {
    const faults = createFaults();
    faults.add(standardScope.id, { effect: { type: "latency", milliseconds: 1 } });
    faults.add(standardScope.id, { effect: { type: "reject", message: "no" } });
    faults.add(standardScope.id, throttle);
    expect(await outcome(faults)).toMatchObject({ code: "MessageRejected", text: "no" });
    expect(faults.list(standardScope.id).map(({ hits }) => hits)).toEqual([1, 1, 0]);
    faults.replace(standardScope.id, [{ effect: { type: "latency", milliseconds: 60_000 } }]);
    const waiting = outcome(faults);
    expect(faults.clear(other.id)).toBe(0);
    expect(faults.clear(standardScope.id)).toBe(1);
    expect(await waiting).toBeUndefined();
  });

  it("break the connection before the work, or once it is done", async () => {
    const faults = createFaults();
    let done = 0;
    const work = () =>
      withFaults({ faults, scope: standardScope, point: () => call }, async () => ++done).catch((error) => error);
    faults.add(standardScope.id, { effect: { type: "disconnect", when: "before" }, times: 1 });
    faults.add(standardScope.id, { effect: { type: "disconnect", when: "after" }, times: 1 });
    expect(await work()).toBeInstanceOf(ConnectionBreak);
    expect(done).toBe(0);
    expect(await work()).toBeInstanceOf(ConnectionBreak);
    expect(done).toBe(1);
    expect(await work()).toBe(2);
  });

  it("answer SMTP commands at their stage, and messages at the end of the data", async () => {
    const faults = createFaults();
    const reply = (stage: "RCPT" | "END_OF_DATA", match: FaultMatch) =>
      faults.add(standardScope.id, { match, effect: { type: "smtp", stage, code: 451, text: "later" } });
    reply("RCPT", { recipient: "a.example" });
    reply("END_OF_DATA", { tag: { kind: "order" } });
    const rcpt = (recipient: string): SmtpPoint => ({
      at: "smtp",
      stage: "RCPT",
      sender: "x",
      recipients: [recipient],
    });
    expect(await outcome(faults, rcpt("one@a.example"))).toMatchObject({ code: 451, message: "later" });
    expect(await outcome(faults, rcpt("one@b.example"))).toBeUndefined();
    expect(await outcome(faults, { at: "smtp", stage: "MAIL", sender: "x" })).toBeUndefined();
    expect(await outcome(faults, message)).toBeUndefined();
    expect(await outcome(faults, overSmtp)).toBeInstanceOf(SmtpFault);
  });

  it("tell errors in the terms of each API, with the status that they say", async () => {
    const faults = createFaults();
    const tell = async (code: string | undefined, status: number | undefined, point = call) => {
      faults.replace(standardScope.id, [{ effect: { type: "error", code, status } }]);
      return outcome(faults, point);
    };
    expect(await tell("NotFoundException", 410)).toMatchObject({ code: "NotFoundException", status: 410 });
    expect(await tell(undefined, 503)).toMatchObject({ code: "ServiceUnavailableException", status: 503 });
    expect(await tell(undefined, 502)).toMatchObject({ code: "InternalServiceErrorException", status: 502 });
    const v1: CallPoint = { ...call, api: "v1" };
    expect(await tell("TooManyRequestsException", undefined, v1)).toMatchObject({
      query: { code: "Throttling", status: 400, text: "Maximum sending rate exceeded." },
    });
    expect(await tell(undefined, 500, v1)).toMatchObject({ query: { code: "InternalFailure", status: 500 } });
    expect(await tell("TemplateDoesNotExist", undefined, v1)).toMatchObject({
      query: { code: "TemplateDoesNotExist", status: 400 },
    });
    // v2 has no such error.
    expect(await tell("TemplateDoesNotExist", undefined)).toBeUndefined();
  });

  it("choose the outcome of captured mail, and leave its acceptance alone", async () => {
    const faults = createFaults();
    const effect = { type: "outcome", events: [{ type: "BOUNCE" }] } as const;
    faults.add(standardScope.id, {
      match: { recipient: "a.example" },
      effect: { ...effect, events: [...effect.events] },
    });
    expect(await outcome(faults, message)).toBeUndefined();
    expect(faults.outcomeOf(standardScope, { ...message, recipients: ["x@a.example"] })).toEqual(effect.events);
    expect(faults.outcomeOf(standardScope, { ...message, recipients: ["x@b.example"] })).toBeUndefined();
    expect(faults.outcomeOf(other, { ...message, recipients: ["x@a.example"] })).toBeUndefined();
  });

  it("are at most 200 in a scope", () => {
    const faults = createFaults();
    for (let n = 0; n < 200; n++) faults.add(1, throttle);
    expect(() => faults.add(1, throttle)).toThrow("There may be 200 rules");
    expect(() =>
      faults.replace(
        1,
        Array.from({ length: 201 }, () => throttle),
      ),
    ).toThrow("There may be 200 rules");
    expect(faults.list(1)).toHaveLength(200);
  });
});

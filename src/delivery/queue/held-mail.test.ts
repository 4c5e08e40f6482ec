import { describe, expect, it } from "vitest";
import { queuedMail } from "../../../test/support/queued-mail.ts";
import { type Begun, createHeldMail, type HeldMail } from "./held-mail.ts";

const limits = { connections: 3, restMs: 1_000, longestRestMs: 4_000 };

function holding(...recipients: string[]): HeldMail {
  const held = createHeldMail(limits, ({ domain }) => domain);
  for (const [id, recipient] of recipients.entries()) held.hold(queuedMail({ id, recipient }));
  return held;
}

function beginAll(held: HeldMail, now = 0): Begun[] {
  const begun: Begun[] = [];
  for (let next = held.begin(now); next; next = held.begin(now)) begun.push(next);
  return begun;
}

const recipients = (begun: readonly Begun[]) => begun.map(({ mail }) => mail.recipient);

describe("held mail", () => {
  it("lets destinations take turns, each in its own order and no more than it bears", () => {
    const held = holding("1@a", "2@a", "3@a", "4@a", "1@b", "2@b", "1@c");
    const begun = beginAll(held);
    expect(recipients(begun)).toEqual(["1@a", "1@b", "1@c", "2@a", "2@b", "3@a"]);
    expect(held.count()).toBe(1);
    expect(held.begin(0)).toBeUndefined();
    begun[0]?.ended();
    expect(recipients(beginAll(held))).toEqual(["4@a"]);
    expect(held.count()).toBe(0);
  });

  it("leaves a destination alone that rests, and gives its mail back", () => {
    const held = holding("1@a", "2@a", "1@b");
    const first = held.begin(0);
    first?.destination.failed(0);
    expect(recipients(beginAll(held, 999))).toEqual(["1@b"]);
    expect(held.full(10, 999)).toEqual(["a"]);
    expect(held.takeResting(1_000)).toEqual([]);
    expect(held.takeResting(999).map(({ recipient }) => recipient)).toEqual(["2@a"]);
    expect(held.count()).toBe(0);
    expect(held.full(10, 1_000)).toEqual([]);
  });

  it("remembers what a destination bears once nothing is held for it, until too many others came", () => {
    const held = holding("1@a");
    const first = held.begin(0);
    first?.destination.failed(0);
    first?.ended();
    held.hold(queuedMail({ id: 2, recipient: "2@a" }));
    expect(held.begin(999)).toBeUndefined();
    expect(held.takeResting(999).map(({ recipient }) => recipient)).toEqual(["2@a"]);
    const comeAndGo = (from: number, count: number) => {
      for (let id = from; id < from + count; id++) {
        held.hold(queuedMail({ id, recipient: `1@${id}` }));
        held.begin(0)?.ended();
      }
    };
    comeAndGo(10, 9_999);
    expect(held.full(10, 999)).toEqual(["a"]);
    comeAndGo(20_000, 1);
    expect(held.full(10, 999)).toEqual([]);
  });

  it("tells for which destinations enough is held", () => {
    const held = holding("1@a", "2@a", "1@b");
    expect(held.full(2, 0)).toEqual(["a"]);
    expect(held.full(1, 0)).toEqual(["a", "b"]);
  });

  it("gives back everything at once", () => {
    const held = holding("1@a", "2@a", "1@b");
    held.begin(0);
    expect(held.takeAll().map(({ recipient }) => recipient)).toEqual(["1@b", "2@a"]);
    expect(held.count()).toBe(0);
    expect(held.begin(0)).toBeUndefined();
  });
});

import { describe, expect, test } from "vitest";
import type { DnsProof } from "../stores/postgres/dns-proof.ts";
import { afterLook, type Finding } from "./proof-schedule.ts";

const start = new Date("2026-11-24T00:00:00Z");
const hours = (count: number) => new Date(start.getTime() + count * 3600_000);
const asked: DnsProof = {
  status: "PENDING",
  since: null,
  checkedAt: null,
  succeededAt: null,
  error: null,
  nextCheckAt: start,
};
const found: DnsProof = {
  status: "SUCCESS",
  since: start,
  checkedAt: start,
  succeededAt: start,
  error: null,
  nextCheckAt: hours(24),
};

/** Looks at every time that is due, and finds the same each time; the statuses with the hour at which each began. */
function follow(proof: DnsProof, finding: Finding, from: Date, until: Date): { seen: string[]; looks: number } {
  let now = from;
  let known = proof;
  let looks = 0;
  const seen: string[] = [];
  while (now <= until) {
    const next = afterLook(known, finding, now);
    looks++;
    if (next.status !== known.status) {
      seen.push(`${next.status} ${Math.floor((now.getTime() - start.getTime()) / 3600_000)}`);
    }
    known = next;
    if (known.nextCheckAt === null) break;
    expect(known.nextCheckAt.getTime()).toBeGreaterThan(now.getTime());
    now = known.nextCheckAt;
  }
  return { seen, looks };
}

describe("afterLook", () => {
  test("what is not found fails after 72 hours, looked for more and more seldom", () => {
    const { seen, looks } = follow(asked, "HOST_NOT_FOUND", start, hours(200));
    expect(seen).toEqual(["FAILED 72"]);
    expect(looks).toBeGreaterThan(70);
    expect(looks).toBeLessThan(150);
    expect(follow(asked, "DNS_SERVER_ERROR", start, hours(200)).seen).toEqual(["FAILED 72"]);
  });

  test("the 72 hours start with the first look, not before", () => {
    expect(afterLook(asked, "HOST_NOT_FOUND", hours(1000))).toEqual({
      status: "PENDING",
      since: hours(1000),
      checkedAt: hours(1000),
      succeededAt: null,
      error: "HOST_NOT_FOUND",
      nextCheckAt: new Date(hours(1000).getTime() + 60_000),
    });
  });

  test("what is found is looked at every day", () => {
    expect(afterLook(asked, undefined, start)).toEqual(found);
    const again = { checkedAt: hours(24), succeededAt: hours(24), nextCheckAt: hours(48) };
    expect(afterLook(found, undefined, hours(24))).toEqual({ ...found, ...again });
  });

  test("what is gone is a temporary failure, and fails after 72 hours", () => {
    expect(follow(found, "INVALID_VALUE", hours(24), hours(300)).seen).toEqual(["TEMPORARY_FAILURE 24", "FAILED 96"]);
    const gone = afterLook(found, "HOST_NOT_FOUND", hours(24));
    expect(gone).toMatchObject({ error: "HOST_NOT_FOUND", succeededAt: start, checkedAt: hours(24) });
    const back = afterLook(gone, undefined, hours(30));
    expect(back).toMatchObject({ status: "SUCCESS", since: hours(30), error: null, nextCheckAt: hours(54) });
  });

  test("servers that do not answer make nothing fail that was found", () => {
    expect(follow(found, "DNS_SERVER_ERROR", hours(24), hours(900)).seen).toEqual(["TEMPORARY_FAILURE 24"]);
  });
});

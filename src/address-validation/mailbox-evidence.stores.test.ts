import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databases } from "../../test/support/databases.ts";
import { eventDatabases } from "../../test/support/event-databases.ts";
import { bounceEvent, deliveryEvent, insertEvents, sendEvent } from "../../test/support/mail-events.ts";
import { inMoreScopes } from "../../test/support/more-scopes.ts";
import { createEventReader } from "../insights/event-reader.ts";
import type { EventDatabase } from "../stores/clickhouse/event-database.ts";
import { deleteEventsBefore } from "../stores/clickhouse/events.ts";
import { deleteEventsOfRecipient } from "../stores/clickhouse/recipient-events.ts";
import { deleteEventsOfScopes } from "../stores/clickhouse/scope-events.ts";
import type { ScopedDatabase } from "../stores/postgres/database.ts";
import { putSuppressedDestination } from "../stores/postgres/suppressed-destinations.ts";
import { createMailboxEvidence } from "./mailbox-evidence.ts";

/** Both embedded, and both servers. */
const engines = databases.flatMap((postgres, index) => {
  const clickhouse = eventDatabases[index];
  return clickhouse ? [{ ...postgres, clickhouse, kind: clickhouse.kind }] : [];
});
const now = new Date("2026-11-20T12:00:00Z");
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000);

describe.each(engines)("MailboxExists on $name and $kind", ({ open, clickhouse }) => {
  let events: EventDatabase;
  let scopes: ScopedDatabase[];

  beforeAll(async () => {
    const [database, opened] = await Promise.all([open(), clickhouse.open()]);
    events = opened;
    scopes = await inMoreScopes(database);
  });
  afterAll(() => scopes[0]?.close());

  const mailboxExists = (address: string, database = scopes[0], at = now) => {
    if (!database) throw new Error("there is no scope");
    const reader = createEventReader(events);
    return createMailboxEvidence({ database, reader, clock: () => at }).mailboxExists(address);
  };
  const mail = (recipient: string, hours: number, scope?: number) => {
    const sent = sendEvent({ recipient, sentAt: hoursAgo(hours + 1), ...(scope !== undefined && { scope }) });
    return { ...sent, at: hoursAgo(hours) };
  };

  it("is unknown without evidence", async () => {
    await insertEvents(events, [mail("sent@example.com", 2)]);
    for (const address of ["sent@example.com", "never@example.com"]) expect(await mailboxExists(address)).toBe("none");
  });

  it("is what the newest delivery or hard bounce says", async () => {
    const recipient = "Newest@example.com";
    await insertEvents(events, [deliveryEvent(mail(recipient, 50))]);
    expect(await mailboxExists("newest@example.com")).toBe("HIGH");
    await insertEvents(events, [bounceEvent(mail(recipient, 40), { bounceSubType: "NoEmail" })]);
    expect(await mailboxExists(recipient)).toBe("LOW");
    await insertEvents(events, [deliveryEvent(mail(recipient, 30)), bounceEvent(mail(recipient, 45))]);
    expect(await mailboxExists(recipient)).toBe("HIGH");
    await events.client.command({ query: "OPTIMIZE TABLE recipient_outcomes FINAL" });
    expect(await mailboxExists(recipient)).toBe("HIGH");
  });

  it("takes mail that was accepted and then returned for a missing mailbox", async () => {
    const sent = mail("returned@example.com", 3);
    await insertEvents(events, [deliveryEvent(sent), bounceEvent(sent)]);
    expect(await mailboxExists("returned@example.com")).toBe("LOW");
  });

  it("ignores bounces that say nothing about the mailbox", async () => {
    const sent = mail("full@example.com", 3);
    await insertEvents(events, [
      bounceEvent(sent, { bounceType: "Transient", bounceSubType: "MailboxFull" }),
      bounceEvent(sent, { bounceSubType: "OnAccountSuppressionList" }),
      bounceEvent(sent, { bounceSubType: "EmailValidationSuppressed" }),
      bounceEvent(sent, { guessed: true }),
      bounceEvent(sent, { distrusted: "signature" }),
    ]);
    expect(await mailboxExists("full@example.com")).toBe("none");
    await insertEvents(events, [bounceEvent(sent, { distrusted: "mirrored" })]);
    expect(await mailboxExists("full@example.com")).toBe("LOW");
  });

  it("counts an address that a bounce put on the suppression list until mail is delivered again", async () => {
    const [database] = scopes;
    if (!database) throw new Error("there is no scope");
    const put = (address: string, reason: "BOUNCE" | "COMPLAINT") =>
      putSuppressedDestination(database, {
        ...{ tenant: "", address, reason, updatedAt: hoursAgo(5), messageId: null, feedbackId: null },
      });
    await put("Listed@example.com", "BOUNCE");
    await put("complained@example.com", "COMPLAINT");
    expect(await mailboxExists("listed@example.com")).toBe("LOW");
    expect(await mailboxExists("complained@example.com")).toBe("none");
    await insertEvents(events, [deliveryEvent(mail("listed@example.com", 6))]);
    expect(await mailboxExists("listed@example.com")).toBe("LOW");
    await insertEvents(events, [deliveryEvent(mail("listed@example.com", 4))]);
    expect(await mailboxExists("listed@example.com")).toBe("HIGH");
    for (const other of scopes.slice(1)) expect(await mailboxExists("listed@example.com", other)).toBe("none");
  });

  it("is that of the scope only", async () => {
    const [own, region, account] = scopes;
    await insertEvents(events, [
      deliveryEvent(mail("shared@example.com", 3, region?.scope)),
      bounceEvent(mail("shared@example.com", 2, account?.scope)),
    ]);
    expect(await mailboxExists("shared@example.com", own)).toBe("none");
    expect(await mailboxExists("shared@example.com", region)).toBe("HIGH");
    expect(await mailboxExists("shared@example.com", account)).toBe("LOW");
    await deleteEventsOfScopes(events, [account?.scope ?? 0]);
    expect(await mailboxExists("shared@example.com", account)).toBe("none");
    expect(await mailboxExists("shared@example.com", region)).toBe("HIGH");
  });

  it("is answered for many addresses at once, with one query", async () => {
    const count = 1200;
    const addresses = Array.from({ length: count }, (_, index) => `many${index}@example.com`);
    await insertEvents(
      events,
      addresses.filter((_, index) => index % 2 === 0).map((recipient) => deliveryEvent(mail(recipient, 3))),
    );
    const reader = createEventReader(events);
    let queries = 0;
    const counting: typeof reader = {
      ...reader,
      rows: (...asked) => {
        queries++;
        return reader.rows(...asked);
      },
    };
    const [database] = scopes;
    if (!database) throw new Error("there is no scope");
    const evidence = createMailboxEvidence({ database, reader: counting, clock: () => now });
    const found = await Promise.all(addresses.map((address) => evidence.mailboxExists(address)));
    expect(found).toEqual(addresses.map((_, index) => (index % 2 === 0 ? "HIGH" : "none")));
    expect(queries).toBe(3);
  });

  it("is forgotten after a year, when events expire, and with a person's data", async () => {
    await insertEvents(events, [deliveryEvent(mail("old@example.com", 3)), deliveryEvent(mail("gone@example.com", 3))]);
    const later = new Date(now.getTime() + 366 * 86_400_000);
    expect(await mailboxExists("old@example.com")).toBe("HIGH");
    expect(await mailboxExists("old@example.com", scopes[0], later)).toBe("none");
    await deleteEventsOfRecipient(events, "Gone@example.com");
    expect(await mailboxExists("gone@example.com")).toBe("none");
    expect(await mailboxExists("old@example.com")).toBe("HIGH");
    await deleteEventsBefore(events, hoursAgo(1));
    expect(await mailboxExists("old@example.com")).toBe("none");
  });
});

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { databases } from "../../test/support/databases.ts";
import { bounceEvent, complaintEvent, deliveryEvent, sendEvent } from "../../test/support/mail-events.ts";
import { addScope } from "../../test/support/other-scopes.ts";
import { openFolder } from "../stores/objects/folder.ts";
import type { ObjectStore } from "../stores/objects/object-store.ts";
import type { Database } from "../stores/postgres/database.ts";
import { defaultScope } from "../stores/postgres/database.ts";
import type { BounceEvent, ComplaintEvent } from "./event.ts";
import { createMessageId } from "./message-id.ts";
import { createOutbox, type Outbox } from "./outbox.ts";
import type { MessageOrigin, SuppressedRecipients, SuppressionRule } from "./suppression.ts";

const now = new Date("2026-11-23T12:34:56Z");

describe.each(databases)("suppression in the outbox on $name", ({ open }) => {
  let database: Database;
  let folder: string;
  let objects: ObjectStore;
  let outbox: Outbox;
  /** What the statements were, and how a rule was asked for. */
  let lookups = 0;
  let failing = false;

  beforeAll(async () => {
    database = await open();
    folder = await mkdtemp(join(tmpdir(), "mailglass-suppression-"));
    objects = await openFolder(folder, { sync: false });
    outbox = createOutbox({
      database: {
        ...database,
        texts(text, parameters) {
          lookups++;
          return database.texts(text, parameters);
        },
        transaction: (work) =>
          database.transaction(async (transaction) => {
            const result = await work(transaction);
            if (failing) throw new Error("no commit");
            return result;
          }),
      },
      objects,
      suppressionRules: async ({ configurationSet, tenant }): Promise<SuppressionRule> => {
        if (configurationSet === "nothing") return { tenant: "", reasons: [] };
        if (configurationSet === "complaints") return { tenant: "", reasons: ["COMPLAINT"] };
        return { tenant: configurationSet === "tenants" ? (tenant ?? "") : "", reasons: ["BOUNCE", "COMPLAINT"] };
      },
      interest: async () => undefined,
      clock: () => now,
      committed: () => {},
    });
  });
  afterAll(async () => {
    await database.close();
    await objects.close();
    await rm(folder, { recursive: true });
  });
  beforeEach(async () => {
    lookups = 0;
    failing = false;
    await database.query("DELETE FROM suppressed_destinations");
    await database.query("DELETE FROM outbox");
  });

  interface Row {
    tenant: string;
    address: string;
    reason: string;
    message_id: string;
    feedback_id: string;
  }
  const rows = () =>
    database.query<Row>(
      "SELECT tenant, address, reason, message_id, feedback_id FROM suppressed_destinations ORDER BY tenant, address",
    );
  const committed = () => database.query("SELECT 1 FROM outbox");
  const message = (recipient: string) => ({
    messageId: createMessageId(now),
    sentAt: now,
    at: now,
    recipient,
  });

  it("puts hard bounces and complaints on the list, with what led there", async () => {
    const [bounced, unknown, complained] = ["Bounced@Example.com", "no@example.com", "angry@example.com"].map(message);
    if (!bounced || !unknown || !complained) throw new Error("there are three");
    await outbox.record([
      sendEvent(bounced),
      bounceEvent(bounced, { feedbackId: "f-1" }),
      bounceEvent(unknown, { bounceSubType: "NoEmail", feedbackId: "f-2" }),
      deliveryEvent(complained),
      complaintEvent(complained, { complaintFeedbackType: "abuse", feedbackId: "f-3" }),
    ]);
    expect(await rows()).toEqual([
      {
        tenant: "",
        address: "Bounced@example.com",
        reason: "BOUNCE",
        message_id: bounced.messageId,
        feedback_id: "f-1",
      },
      {
        tenant: "",
        address: "angry@example.com",
        reason: "COMPLAINT",
        message_id: complained.messageId,
        feedback_id: "f-3",
      },
      { tenant: "", address: "no@example.com", reason: "BOUNCE", message_id: unknown.messageId, feedback_id: "f-2" },
    ]);
  });

  it.each<[what: string, recipient: string, event: Partial<BounceEvent>]>([
    ["the simulator's", "bounce+label@Simulator.AmazonSES.com", {}],
    ["a suppression's", "a@example.com", { bounceSubType: "OnAccountSuppressionList" }],
    ["a tenant's suppression's", "a@example.com", { bounceSubType: "OnTenantSuppressionList" }],
    ["an unsubscribed recipient's", "a@example.com", { bounceSubType: "UnsubscribedRecipient" }],
    ["a soft", "a@example.com", { bounceType: "Transient" }],
    ["a guessed", "a@example.com", { guessed: true }],
    ["another address's", "a@example.com", { distrusted: "other-recipient" }],
    ["an undetermined", "a@example.com", { bounceType: "Undetermined", bounceSubType: "Undetermined" }],
  ])("%s bounce puts nobody on the list", async (_, recipient, bounce) => {
    await outbox.record([bounceEvent(message(recipient), bounce)]);
    expect(await rows()).toEqual([]);
    expect(await committed()).toHaveLength(1);
  });

  it.each<[what: string, recipient: string, event: Partial<ComplaintEvent>]>([
    ["the simulator's", "complaint@simulator.amazonses.com", { complaintFeedbackType: "abuse" }],
    ["a suppression's", "a@example.com", { complaintSubType: "OnAccountSuppressionList" }],
    ["a withdrawn", "a@example.com", { complaintFeedbackType: "not-spam" }],
    ["a DMARC failure's", "a@example.com", { complaintFeedbackType: "auth-failure" }],
    ["a virus's", "a@example.com", { complaintFeedbackType: "virus" }],
    ["another kind of", "a@example.com", { complaintFeedbackType: "other" }],
    ["a forged", "a@example.com", { complaintFeedbackType: "abuse", distrusted: "signature" }],
  ])("%s complaint puts nobody on the list", async (_, recipient, complaint) => {
    await outbox.record([complaintEvent(message(recipient), complaint)]);
    expect(await rows()).toEqual([]);
  });

  it("goes by the message's configuration set and tenant, from its SEND or from who records", async () => {
    const of = (recipient: string, configurationSet: string) => {
      const sent = sendEvent({ ...message(recipient), message: { configurationSet, tenant: "one" } });
      return [sent, bounceEvent({ ...sent, at: now }), complaintEvent({ ...sent, at: now })];
    };
    await outbox.record([
      ...of("a@example.com", "nothing"),
      ...of("b@example.com", "complaints"),
      ...of("c@example.com", "tenants"),
      bounceEvent(message("d@example.com")),
    ]);
    const told = (found: readonly Row[]) => found.map(({ tenant, address, reason }) => [tenant, address, reason]);
    expect(told(await rows())).toEqual([
      ["", "b@example.com", "COMPLAINT"],
      ["", "d@example.com", "BOUNCE"],
      ["one", "c@example.com", "COMPLAINT"],
    ]);
    await database.query("DELETE FROM suppressed_destinations");
    await Promise.all([
      outbox.record([bounceEvent(message("a@example.com"))], {
        scope: defaultScope,
        configurationSet: "nothing",
        tenant: "one",
      }),
      outbox.record([bounceEvent(message("b@example.com"))], {
        scope: defaultScope,
        configurationSet: "tenants",
        tenant: "one",
      }),
      outbox.record([bounceEvent(message("c@example.com"))]),
    ]);
    expect(told(await rows())).toEqual([
      ["", "c@example.com", "BOUNCE"],
      ["one", "b@example.com", "BOUNCE"],
    ]);
  });

  it("adds an address to the lists of the scope of its message, and obeys the same lists only", async () => {
    const { id: other } = await addScope(database, "444455556666", "us-east-1");
    const sent = { ...message("a@example.com"), scope: other };
    const ofTenant = { ...message("b@example.com"), scope: other };
    await outbox.record([
      sendEvent(sent),
      bounceEvent({ ...sent, at: now }),
      bounceEvent(message("c@example.com")),
      sendEvent({ ...ofTenant, message: { configurationSet: "tenants", tenant: "one" } }),
      bounceEvent({ ...ofTenant, at: now }),
    ]);
    await outbox.record([bounceEvent({ ...message("d@example.com"), scope: other })]);
    const listed = "SELECT scope, tenant, address FROM suppressed_destinations ORDER BY address";
    expect(await database.query(listed)).toEqual([
      { scope: other, tenant: "", address: "a@example.com" },
      { scope: other, tenant: "one", address: "b@example.com" },
      { scope: defaultScope, tenant: "", address: "c@example.com" },
      { scope: other, tenant: "", address: "d@example.com" },
    ]);
    const addresses = ["a@example.com", "b@example.com", "c@example.com", "d@example.com"];
    const told = await Promise.all([
      submit(addresses),
      submit(addresses, { scope: other }),
      submit(addresses, { scope: other, configurationSet: "tenants", tenant: "one" }),
      submit(addresses, { configurationSet: "tenants", tenant: "one" }),
      submit(addresses, { scope: other }),
    ]);
    expect(told).toEqual([
      { "c@example.com": "BOUNCE account" },
      { "a@example.com": "BOUNCE account", "d@example.com": "BOUNCE account" },
      { "b@example.com": "BOUNCE tenant" },
      {},
      { "a@example.com": "BOUNCE account", "d@example.com": "BOUNCE account" },
    ]);
    // One for each list.
    expect(lookups).toBe(4);
  });

  it("commits events and list together or not at all", async () => {
    failing = true;
    await expect(outbox.record([bounceEvent(message("a@example.com"))])).rejects.toThrow("no commit");
    expect([await rows(), await committed()]).toEqual([[], []]);
    failing = false;
    await outbox.record([bounceEvent(message("a@example.com"))]);
    expect([(await rows()).length, (await committed()).length]).toEqual([1, 1]);
  });

  async function submit(addresses: readonly string[], origin: Partial<MessageOrigin> = {}) {
    const messageId = createMessageId(now);
    let told: SuppressedRecipients = new Map();
    await outbox.submit({
      messageId,
      mime: Buffer.from("mail"),
      recipients: addresses.length,
      origin: { scope: defaultScope, configurationSet: undefined, tenant: undefined, ...origin },
      addresses,
      begin(location, suppressed) {
        told = suppressed;
        return { events: [sendEvent({ messageId, sentAt: now, message: { location } })], queued: [] };
      },
    });
    return Object.fromEntries([...told].map(([address, { reason, list }]) => [address, `${reason} ${list}`]));
  }

  it("tells each message of a commit who is suppressed for it, by one query of each list", async () => {
    await outbox.record([bounceEvent(message("bounced@example.com")), complaintEvent(message("angry@example.com"))]);
    await outbox.record([bounceEvent(message("of-one@example.com"))], {
      scope: defaultScope,
      configurationSet: "tenants",
      tenant: "one",
    });
    const all = ["bounced@example.com", "angry@example.com", "of-one@example.com", "fine@example.com"];
    const messages = await Promise.all([
      submit(all),
      submit(all, { configurationSet: "nothing" }),
      submit(all, { configurationSet: "complaints" }),
      submit(all, { scope: defaultScope, configurationSet: "tenants", tenant: "one" }),
      submit(all, { configurationSet: "tenants" }),
      submit(["fine@example.com"]),
    ]);
    expect(messages).toEqual([
      { "bounced@example.com": "BOUNCE account", "angry@example.com": "COMPLAINT account" },
      {},
      { "angry@example.com": "COMPLAINT account" },
      { "of-one@example.com": "BOUNCE tenant" },
      { "bounced@example.com": "BOUNCE account", "angry@example.com": "COMPLAINT account" },
      {},
    ]);
    expect(lookups).toBe(2);
  });

  it("obeys what was put on the list before, each time", async () => {
    for (let round = 0; round < 20; round++) {
      const address = `user-${round}@example.com`;
      expect(await submit([address])).toEqual({});
      await outbox.record([bounceEvent(message(address))]);
      expect(await submit([address])).toEqual({ [address]: "BOUNCE account" });
      await database.query("DELETE FROM suppressed_destinations");
    }
  });

  it("asks nothing for messages that nothing is suppressed for", async () => {
    await submit(["a@example.com"], { configurationSet: "nothing" });
    expect(lookups).toBe(0);
  });
});

import { describe, expect, it } from "vitest";
import { recordingSender } from "../../test/support/recording-sender.ts";
import type { PublicationBatch } from "../stores/postgres/publication-batches.ts";
import { encodeBatch } from "./batch-format.ts";
import type { PublishedEvent } from "./published-event.ts";
import { sendBatches } from "./send-batches.ts";

const eventOf = (id: string, body = "{}"): PublishedEvent => ({
  id,
  type: "SEND",
  publication: 1,
  messageId: "m",
  at: 1,
  identity: undefined,
  body,
});

async function batchOf(id: number, events: PublishedEvent[]): Promise<PublicationBatch> {
  const rest = { id, scope: 1, target: "webhook:a", tries: 0, createdAt: new Date() };
  return { ...rest, events: events.length, ...(await encodeBatch(events)) };
}

const options = { tries: 0, stopping: new AbortController().signal };
const idsOf = (calls: readonly PublishedEvent[][]) => calls.map((call) => call.map(({ id }) => id));

describe("calls", () => {
  it("take events of several batches, in order, up to the number that the sender takes", async () => {
    const sender = recordingSender({ events: 3, bytes: 1_000 });
    await sendBatches(
      sender,
      [
        await batchOf(
          1,
          ["1", "2"].map((id) => eventOf(id)),
        ),
        await batchOf(
          2,
          ["3", "4"].map((id) => eventOf(id)),
        ),
      ],
      options,
    );
    expect(idsOf(sender.calls)).toEqual([["1", "2", "3"], ["4"]]);
  });

  it("take bytes of UTF-8 up to the sender's limit, and an event that is larger alone", async () => {
    const sender = recordingSender({ events: 9, bytes: 10 });
    const events = [
      eventOf("1", "é".repeat(3)),
      eventOf("2", "1234"),
      eventOf("3", "1"),
      eventOf("4", "x".repeat(11)),
      eventOf("5", "1"),
    ];
    await sendBatches(sender, [await batchOf(1, events)], options);
    expect(idsOf(sender.calls)).toEqual([["1", "2"], ["3"], ["4"], ["5"]]);
  });
});

describe("results", () => {
  it("belong to the events of their batch", async () => {
    const sender = recordingSender({ events: 2, bytes: 1_000 });
    sender.answer = ({ id }) =>
      id === "2" ? { outcome: "failed", permanent: true, error: "no" } : { outcome: "delivered" };
    const batches = [await batchOf(1, [eventOf("1")]), await batchOf(2, [eventOf("2"), eventOf("3")])];
    const sent = await sendBatches(sender, batches, options);
    expect(sent.map(({ batch, results }) => [batch.id, results.map(({ result }) => result.outcome)])).toEqual([
      [1, ["delivered"]],
      [2, ["failed", "delivered"]],
    ]);
  });

  it("say of a damaged batch why it can't be read, and leave those of others in place", async () => {
    const sender = recordingSender();
    const damaged = { ...(await batchOf(2, [eventOf("2")])), payload: Buffer.from("nonsense") };
    const batches = [await batchOf(1, [eventOf("1")]), damaged, await batchOf(3, [eventOf("3")])];
    const sent = await sendBatches(sender, batches, options);
    expect(sent.map(({ results }) => results.map(({ event }) => event.id))).toEqual([["1"], [], ["3"]]);
    expect(sent[1]?.unreadable).toContain("a batch of events is damaged");
  });

  it("say that what a stop or a sender left out was not tried", async () => {
    const stopping = new AbortController();
    const sender = recordingSender({ events: 1, bytes: 1_000 });
    sender.answer = () => {
      stopping.abort();
      return { outcome: "delivered" };
    };
    const [sent] = await sendBatches(sender, [await batchOf(1, [eventOf("1"), eventOf("2")])], {
      tries: 0,
      stopping: stopping.signal,
    });
    expect(sent?.results.map(({ result }) => result.outcome)).toEqual(["delivered", "untried"]);
    expect(sender.calls).toHaveLength(1);
  });
});

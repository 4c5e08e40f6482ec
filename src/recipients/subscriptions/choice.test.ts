import fc from "fast-check";
import { expect, it } from "vitest";
import type { Subscription } from "../../stores/postgres/subscriptions.ts";
import { choose, type SubscriptionChoice, topicStatus } from "./choice.ts";

const status = fc.constantFrom("OPT_IN" as const, "OPT_OUT" as const);
const names = ["news", "sports", "constructor", "__proto__"];
const someNames = fc.subarray(names);

const subscriptions: fc.Arbitrary<Subscription> = fc.record({
  topics: fc
    .tuple(someNames, status)
    .map(([chosen, DefaultSubscriptionStatus]) =>
      chosen.map((TopicName) => ({ TopicName, DisplayName: TopicName, DefaultSubscriptionStatus })),
    ),
  unsubscribeAll: fc.boolean(),
  preferences: fc.array(fc.tuple(fc.constantFrom(...names), status)).map((entries) => Object.fromEntries(entries)),
});

const choices: fc.Arbitrary<SubscriptionChoice> = fc.oneof(
  fc.record({
    kind: fc.constant("unsubscribe" as const),
    topic: fc.option(fc.constantFrom(...names), { nil: undefined }),
  }),
  fc.record({ kind: fc.constant("subscribe" as const) }),
  fc.record({
    kind: fc.constant("topics" as const),
    shown: someNames.map((chosen) => new Set(chosen)),
    wanted: someNames.map((chosen) => new Set(chosen)),
  }),
);

/** Whether mail of a topic goes out. */
const wants = (subscription: Subscription, name: string) =>
  !subscription.unsubscribeAll &&
  subscription.topics.some((topic) => topic.TopicName === name && topicStatus(subscription, topic) === "OPT_IN");

it("does what was chosen, and nothing else", () => {
  fc.assert(
    fc.property(subscriptions, choices, (before, choice) => {
      const after = choose(before, choice);
      expect(after.topics).toBe(before.topics);
      for (const name of before.topics.map(({ TopicName = "" }) => TopicName)) {
        const wanted = wants(after, name);
        if (choice.kind === "unsubscribe") {
          expect(wanted).toBe(choice.topic !== undefined && choice.topic !== name && wants(before, name));
        }
        if (choice.kind === "topics" && choice.shown.has(name)) expect(wanted).toBe(choice.wanted.has(name));
      }
      const changed = Object.keys(after.preferences).filter(
        (name) => !Object.hasOwn(before.preferences, name) || after.preferences[name] !== before.preferences[name],
      );
      const named = choice.kind === "topics" ? [...choice.shown] : choice.kind === "unsubscribe" ? [choice.topic] : [];
      for (const name of changed) expect(named).toContain(name);
    }),
  );
});

it("is the same when chosen again", () => {
  fc.assert(
    fc.property(subscriptions, choices, (before, choice) => {
      const after = choose(before, choice);
      expect(choose(after, choice)).toBe(after);
    }),
  );
});

it("holds against a default that changes later", () => {
  const topic = { TopicName: "news", DisplayName: "News", DefaultSubscriptionStatus: "OPT_OUT" as const };
  const chosen = choose(
    { topics: [topic], unsubscribeAll: false, preferences: {} },
    { kind: "unsubscribe", topic: "news" },
  );
  expect(topicStatus(chosen, { ...topic, DefaultSubscriptionStatus: "OPT_IN" })).toBe("OPT_OUT");
});

import { describe, expect, it } from "vitest";
import { mailEventTypes } from "../../publishing/published-event.ts";
import type { SourceSettings } from "../source-settings.ts";
import type { FactsOf } from "./resource-facts.ts";
import { createProblemFinder } from "./resource-problems.ts";

type Destination = FactsOf<"configuration-sets">["eventDestinations"][number];

const topic = "arn:aws:sns:eu-west-1:111122223333:events";
const stream = "arn:aws:firehose:eu-west-1:111122223333:deliverystream/events";
const bus = "arn:aws:events:eu-west-1:111122223333:event-bus/default";
const to = {
  topic: { service: "sns", arn: topic },
  otherTopic: { service: "sns", arn: `${topic}-2` },
  stream: { service: "firehose", arn: stream },
  otherStream: { service: "firehose", arn: `${stream}-2` },
  bus: { service: "eventbridge", arn: bus },
  metrics: undefined,
} satisfies Record<string, Destination["to"]>;

const destination = (given: Partial<Destination>): Destination => ({
  ...{ name: "d", enabled: true, eventTypes: [...mailEventTypes], ...given },
});
const setWith = (...eventDestinations: Destination[]): FactsOf<"configuration-sets"> => ({
  ...{ kind: "configuration-sets", eventDestinations },
});
const identityWith = (configurationSet: string | undefined, verified = true): FactsOf<"identities"> => ({
  ...{ kind: "identities", verified, configurationSet },
});
const sns: SourceSettings = { kind: "sns", topicArns: [topic], raw: false };

describe("event destinations lead to a source", () => {
  it.each<[string, SourceSettings, (keyof typeof to)[]]>([
    ["of a topic", sns, ["topic"]],
    ["of two topics", { ...sns, topicArns: [topic, `${topic}-2`] }, ["topic", "otherTopic"]],
    ["of a queue with topics", { kind: "sqs", queueUrl: "", region: "", topicArns: [topic] }, ["topic"]],
    ["of a queue with any", { kind: "sqs", queueUrl: "", region: "", topicArns: [] }, ["topic", "otherTopic", "bus"]],
    ["of a stream", { kind: "firehose", streamArn: stream }, ["stream"]],
    ["of any stream", { kind: "firehose" }, ["stream", "otherStream"]],
    ["of files", { kind: "s3", bucket: "b", prefix: "", region: "", follow: true }, ["stream", "otherStream"]],
    ["of a bus", { kind: "eventbridge", authorization: "basic", name: "n" }, ["bus"]],
  ])("%s", (_, settings, leading) => {
    const finder = createProblemFinder(settings, true);
    for (const [name, receiver] of Object.entries(to)) finder.addSet(name, setWith(destination({ to: receiver })));
    const names = Object.keys(to).filter((name) => !leading.some((one) => one === name));
    expect(finder.problems()).toEqual([
      expect.objectContaining({ code: "no-destination", count: names.length, names }),
    ]);
  });
});

describe("a configuration set", () => {
  const problemsOf = (...destinations: Destination[]) => {
    const finder = createProblemFinder(sns, true);
    finder.addSet("s", setWith(...destinations));
    return finder.problems();
  };

  it("without a destination, or with others only", () => {
    const problem = {
      ...{ code: "no-destination", kind: "configuration-sets", count: 1, names: ["s"] },
      text: `Mail with these configuration sets is not mirrored: no event destination leads to the topic ${topic}.`,
    };
    expect(problemsOf()).toEqual([problem]);
    expect(problemsOf(destination({ to: to.stream }), destination({ to: undefined }))).toEqual([problem]);
  });

  it("whose destination is disabled", () => {
    const off = destination({ to: to.topic, enabled: false });
    expect(problemsOf(off)).toMatchObject([{ code: "destination-disabled", names: ["s"] }]);
    expect(problemsOf(off, destination({ to: to.topic }))).toEqual([]);
  });

  it("whose destinations together lack types; those of disabled and other destinations don't count", () => {
    const types = mailEventTypes.filter((type) => type !== "OPEN" && type !== "CLICK");
    const [opens, most] = [
      destination({ to: to.topic, eventTypes: ["OPEN"] }),
      destination({ to: to.topic, eventTypes: types }),
    ];
    const clicks = { to: to.topic, eventTypes: ["CLICK"] };
    expect(problemsOf(opens, most, destination({ ...clicks, enabled: false }), destination({ to: to.bus }))).toEqual([
      {
        ...{ code: "event-types-missing", kind: "configuration-sets", eventTypes: ["CLICK"], count: 1, names: ["s"] },
        text: "Event destinations of these configuration sets lack CLICK.",
      },
    ]);
    expect(problemsOf(opens, most, destination(clicks))).toEqual([]);
  });

  it("of which nothing is known yet has no problem", () => {
    const finder = createProblemFinder(sns, true);
    finder.addSet("s", undefined);
    finder.addIdentity("a.example", identityWith("s"));
    expect(finder.problems()).toEqual([]);
  });

  it("is named once with others that lack the same, up to a hundred names", () => {
    const finder = createProblemFinder(sns, true);
    for (let n = 0; n < 150; n++) finder.addSet(`s${n}`, setWith());
    const [problem, ...others] = finder.problems();
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ count: 150 });
    expect(problem?.names).toHaveLength(100);
  });
});

describe("an identity", () => {
  const problemsOf = (facts: FactsOf<"identities"> | undefined, knowsAllSets = true) => {
    const finder = createProblemFinder(sns, knowsAllSets);
    finder.addSet("good", setWith(destination({ to: to.topic })));
    finder.addSet("off", setWith(destination({ to: to.topic, enabled: false })));
    finder.addIdentity("a.example", facts);
    return finder.problems().filter(({ kind }) => kind === "identities");
  };

  it("needs a default configuration set that brings its events", () => {
    expect(problemsOf(identityWith("good"))).toEqual([]);
    expect(problemsOf(identityWith(undefined))).toMatchObject([{ code: "no-default-set", names: ["a.example"] }]);
    expect(problemsOf(identityWith("off"))).toMatchObject([{ code: "default-set-not-mirrored", count: 1 }]);
  });

  it("may have a set that is gone, which only a complete list tells", () => {
    expect(problemsOf(identityWith("gone"))).toMatchObject([{ code: "default-set-not-mirrored" }]);
    expect(problemsOf(identityWith("gone"), false)).toEqual([]);
  });

  it("that can't send, or is not known yet, has no problem", () => {
    expect(problemsOf(identityWith(undefined, false))).toEqual([]);
    expect(problemsOf(undefined)).toEqual([]);
  });
});

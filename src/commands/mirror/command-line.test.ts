import { expect, it } from "vitest";
import { type MirrorCall, readMirrorCall, UsageError } from "./command-line.ts";
import { helps } from "./usage.ts";

const topic = "arn:aws:sns:eu-west-1:111122223333:t";

it.each<[string[], MirrorCall]>([
  [
    ["add", "sqs", "--name", "a", "--queue-url", "https://q", "--queue-region=eu-west-1", "--topic", topic],
    {
      ...{ name: "add", json: false },
      body: { name: "a", kind: "sqs", settings: { queueUrl: "https://q", region: "eu-west-1", topicArns: [topic] } },
    },
  ],
  [
    [
      "add",
      "s3",
      "--name",
      "a",
      "--bucket",
      "b",
      "--bucket-region",
      "eu-west-1",
      "--no-follow",
      "--account=1",
      "--account=2",
    ],
    {
      ...{ name: "add", json: false },
      body: {
        name: "a",
        kind: "s3",
        accounts: ["1", "2"],
        settings: { bucket: "b", region: "eu-west-1", follow: false },
      },
    },
  ],
  [
    ["add", "eventbridge", "--name", "a", "--authorization", "basic", "--authorization-name", "u", "--json"],
    {
      name: "add",
      json: true,
      body: { name: "a", kind: "eventbridge", settings: { authorization: "basic", name: "u" } },
    },
  ],
  [
    ["set", "a", "--silence", "never", "--no-suppress", "--enabled", "--region", "eu-west-1", "--stream", "any"],
    {
      ...{ name: "set", source: "a", json: false },
      body: {
        ...{ region: "eu-west-1", enabled: true, suppresses: false, silenceSeconds: null },
        settings: { streamArn: null },
      },
    },
  ],
  [["set", "a", "--silence", "60"], { name: "set", source: "a", json: false, body: { silenceSeconds: 60 } }],
  [
    ["set", "a", "--pull-resources", "--pull-suppression", "in"],
    {
      ...{ name: "set", source: "a", json: false },
      body: { settings: { pull: { suppression: "in", resources: true } } },
    },
  ],
  [
    ["set", "a", "--no-pull-resources"],
    { ...{ name: "set", source: "a", json: false }, body: { settings: { pull: { resources: false } } } },
  ],
  [
    ["resources", "a", "--json"],
    { ...{ name: "resources", source: "a", kind: undefined, resource: undefined }, all: false, json: true },
  ],
  [
    ["resources", "a", "--kind", "identities", "--name", "a.example"],
    { ...{ name: "resources", source: "a", kind: "identities", resource: "a.example" }, all: false, json: false },
  ],
  [["list", "--json"], { name: "list", json: true }],
  [["show", "a"], { name: "show", source: "a", json: false }],
  [["set-aside", "a", "--all"], { name: "set-aside", source: "a", all: true, json: false }],
  [["rotate-secret", "a"], { name: "rotate-secret", source: "a" }],
  [["replay", "a"], { name: "replay", source: "a" }],
  [["remove", "a"], { name: "remove", source: "a" }],
  [
    ["setup", "sns", "--configuration-set", "main", "--resource-name", "n", "--source", "a", "--format=terraform"],
    {
      ...{ name: "setup", source: "a" },
      given: { kind: "sns", configurationSet: "main", name: "n", format: "terraform" },
    },
  ],
  [["setup", "--url", "https://a"], { name: "setup", source: undefined, given: { url: "https://a" } }],
])("%j is understood", (args, call) => expect(readMirrorCall(args)).toEqual(call));

it.each(Object.entries(helps))("%s --help tells about it", (name, text) => {
  expect(readMirrorCall([name, "--help"])).toEqual({ name: "help", text });
  expect(text).toMatch(new RegExp(`^usage: mailglass mirror ${name} `));
});

it.each([
  [[]],
  [["make"]],
  [["constructor"]],
  [["add"]],
  [["add", "sqs"]],
  [["add", "kafka", "--name", "a"]],
  [["add", "sqs", "--name", "a", "--frob"]],
  [["add", "sqs", "--name", "a", "--silence", ""]],
  [["add", "sqs", "--name", "a", "--silence", "1e3"]],
  [["list", "a"]],
  [["show"]],
  [["show", ""]],
  [["show", "a", "b"]],
  [["set", "a"]],
  [["replay", "a", "--json"]],
  [["resources"]],
  [["resources", "a", "--kind", "domains"]],
  [["resources", "a", "--name", "a.example"]],
  [["setup", "sqs", "sns"]],
  [["setup", "kafka"]],
])("%j is not, and the usage is told", (args) => {
  expect(() => readMirrorCall(args)).toThrow(UsageError);
  expect(() => readMirrorCall(args)).toThrow("usage: mailglass mirror");
});

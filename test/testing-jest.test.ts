/**
 * `mailglass/testing/jest` with its setup and teardown. Jest is no dependency of this project: a double of its global hooks
 * calls what they are given, in Jest's order.
 */
import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { connectMailglass, type TestAccount } from "../src/testing/index.ts";
import { mailForEachTest } from "../src/testing/jest.ts";
import setup from "../src/testing/setup.ts";
import teardown from "../src/testing/teardown.ts";
import { simple } from "./support/sent-mail.ts";

const urlVariable = "TEST_MAILGLASS_URL";

type Hook = () => Promise<void>;

/** A double of a test runner with Jest's global hooks. It runs tests one after the other. */
class RunnerDouble {
  readonly #before: Hook[] = [];
  readonly #after: Hook[] = [];

  /** Runs what a test file does when it is loaded. */
  load<Result>(file: () => Result): Result {
    const hooks = {
      beforeEach: (hook: Hook) => void this.#before.push(hook),
      afterEach: (hook: Hook) => void this.#after.push(hook),
    };
    Object.assign(globalThis, hooks);
    try {
      return file();
    } finally {
      for (const name of Object.keys(hooks)) Reflect.deleteProperty(globalThis, name);
    }
  }

  /** As in Jest, a failed hook or test does not keep the hooks after it from being called. */
  async run(body: () => Promise<void>): Promise<void> {
    try {
      for (const hook of this.#before) await hook();
      await body();
    } finally {
      for (const hook of this.#after) await hook();
    }
  }
}

/** The URL of the first run's server. */
let firstUrl: string | undefined;

describe("with the setup's server", () => {
  beforeAll(async () => {
    // Jest doesn't call what it resolves to.
    await setup();
    firstUrl = process.env[urlVariable];
  });
  afterAll(() => teardown());

  async function send(account: TestAccount): Promise<void> {
    const client = new SESv2Client(account.clientConfig);
    await client.send(new SendEmailCommand(simple()));
    client.destroy();
  }

  test("each test has an account of its own, which is empty again after it", async () => {
    const runner = new RunnerDouble();
    const mail = runner.load(() => mailForEachTest());
    const used: TestAccount[] = [];
    for (let n = 0; n < 2; n++) {
      await runner.run(async () => {
        used.push(mail());
        expect(await mail().inbox.count()).toBe(0);
        await send(mail());
        expect((await mail().inbox.waitFor({ to: "user@gmail.com" })).text).toContain("Hallo");
        // The same within a test.
        expect(mail()).toBe(used[n]);
      });
    }
    const [one, other] = used;
    expect(one?.id).not.toBe(other?.id);
    expect(await Promise.all(used.map(({ inbox }) => inbox.count()))).toEqual([0, 0]);
  });

  test("a test that fails releases its account", async () => {
    const runner = new RunnerDouble();
    const mail = runner.load(() => mailForEachTest());
    let used: TestAccount | undefined;
    const failing = runner.run(async () => {
      used = mail();
      await send(used);
      throw new Error("the test failed");
    });
    await expect(failing).rejects.toThrow("the test failed");
    expect(await used?.inbox.count()).toBe(0);
  });

  test("there is no account outside a test", () => {
    const mail = new RunnerDouble().load(() => mailForEachTest());
    expect(() => mail()).toThrow("mailForEachTest: there is an account only while a test runs");
  });
});

describe("without a server", () => {
  afterEach(() => {
    delete process.env[urlVariable];
  });

  test("a test fails with what to do", async () => {
    const runner = new RunnerDouble();
    runner.load(() => mailForEachTest());
    await expect(runner.run(async () => {})).rejects.toThrow("The setup `mailglass/testing/setup` starts one");
  });

  test("the teardown does nothing, and leaves a server alone that the setup has not started", async () => {
    await teardown();
    process.env[urlVariable] = "http://127.0.0.1:1";
    await setup();
    await teardown();
    expect(process.env[urlVariable]).toBe("http://127.0.0.1:1");
  });

  test("runners without global hooks are told what is missing", () => {
    expect(() => mailForEachTest()).toThrow("mailForEachTest needs the global beforeEach of the test runner");
  });
});

test("a second run, as when files are watched, has a server of its own", async () => {
  expect([firstUrl, process.env[urlVariable]]).toEqual([expect.any(String), undefined]);
  await setup();
  try {
    expect(await (await connectMailglass()).inbox.count()).toBe(0);
    await expect(connectMailglass(firstUrl)).rejects.toThrow("does not answer");
  } finally {
    await teardown();
  }
});

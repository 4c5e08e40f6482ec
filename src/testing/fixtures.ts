/** Fixtures for test runners with `test.extend`. Vitest and Playwright (`mailglass/testing/playwright`) have the same form. */
import { connectMailglass, urlVariable } from "./connect-mailglass.ts";
import type { Mailglass } from "./mailglass.ts";
import { startMailglass } from "./start-mailglass.ts";
import type { TestAccount } from "./test-account.ts";

/** For each test. */
export interface MailFixtures {
  /** A fresh account, whose inbox has what this test sends. */
  mail: TestAccount;
}

/** For all tests of a worker. */
export interface MailWorkerFixtures {
  /** The server: that of the setup, otherwise one of the worker's own. */
  mailglass: Mailglass;
}

type Use<Value> = (value: Value) => Promise<void>;

/** To be passed to `test.extend`. */
export const mailFixtures: {
  mailglass: [(fixtures: object, use: Use<Mailglass>) => Promise<void>, { scope: "worker" }];
  mail: (fixtures: MailWorkerFixtures, use: Use<TestAccount>) => Promise<void>;
} = {
  mailglass: [
    // Test runners read the names of other fixtures from the first parameter: it must be a pattern.
    // biome-ignore lint/correctness/noEmptyPattern: see above
    async ({}, use) => {
      await using server = process.env[urlVariable] ? await connectMailglass() : await startMailglass({ smtp: true });
      await use(server);
    },
    { scope: "worker" },
  ],
  mail: async ({ mailglass }, use) => {
    await using account = await mailglass.account();
    await use(account);
  },
};

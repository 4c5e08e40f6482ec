/** `mailglass/testing/jest`: a fresh account for each test, for Jest and others with global hooks. */
import { connectMailglass } from "./connect-mailglass.ts";
import type { TestAccount } from "./test-account.ts";

type Hook = (run: () => Promise<void>) => void;

/**
 * Takes a fresh account before each test of the file or the `describe` block, and releases it afterwards. The returned
 * function gives the account of the running test. The server is that of `mailglass/testing/setup`.
 */
export function mailForEachTest(): () => TestAccount {
  let account: TestAccount | undefined;
  hook("beforeEach")(async () => {
    const server = await connectMailglass();
    account = await server.account();
  });
  hook("afterEach")(async () => {
    await account?.release();
    account = undefined;
  });
  return () => {
    if (account === undefined) throw new Error("mailForEachTest: there is an account only while a test runs");
    return account;
  };
}

function hook(name: "beforeEach" | "afterEach"): Hook {
  const found: Hook | undefined = Reflect.get(globalThis, name);
  if (found === undefined) throw new Error(`mailForEachTest needs the global ${name} of the test runner`);
  return found;
}

/**
 * `mailglass/testing/setup`: the global setup for Vitest, Jest and Playwright. It starts one server for the whole run, unless
 * TEST_MAILGLASS_URL names one that runs already.
 */
import { smtpUrlVariable, urlVariable } from "./connect-mailglass.ts";
import { startMailglass } from "./start-mailglass.ts";

declare global {
  /** Ends the server that the setup has started, for `mailglass/testing/teardown`. */
  var stopMailglassOfTheRun: (() => Promise<void>) | undefined;
}

/** Starts the server; resolves to what ends it, as Vitest and Playwright expect. Workers inherit the variables. */
export default async function setup(): Promise<() => Promise<void>> {
  if (process.env[urlVariable]) return async () => {};
  const server = await startMailglass({ smtp: true });
  process.env[urlVariable] = server.url;
  process.env[smtpUrlVariable] = server.smtpUrl;
  const stop = async () => {
    // A runner that watches files runs the setup again.
    delete process.env[urlVariable];
    delete process.env[smtpUrlVariable];
    globalThis.stopMailglassOfTheRun = undefined;
    await server.stop();
  };
  globalThis.stopMailglassOfTheRun = stop;
  return stop;
}

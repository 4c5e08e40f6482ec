/** `mailglass/testing/teardown`: the global teardown for Jest, which does not call what the setup returns. */
import "./setup.ts";

/** Ends the server that the setup has started, if it has. */
export default async function teardown(): Promise<void> {
  await globalThis.stopMailglassOfTheRun?.();
}

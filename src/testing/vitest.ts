/** `mailglass/testing/vitest`: fixtures for Vitest. */
import { test as base } from "vitest";
import { type MailFixtures, type MailWorkerFixtures, mailFixtures } from "./fixtures.ts";

/** Vitest's `test` with the fixtures `mail` and `mailglass`. */
export const test = base.extend<MailFixtures & MailWorkerFixtures>(mailFixtures);
export { type MailFixtures, type MailWorkerFixtures, mailFixtures };

import type { SuppressionRules } from "../../src/events/suppression.ts";

/** For outboxes of tests that are of something else: nothing is suppressed, and nobody put on a list. */
export const suppressNothing: SuppressionRules = async () => ({ tenant: "", reasons: [] });

/** For tests of changes that events report: nobody wants the events. */
import type { PublishingFeed } from "../../src/publishing/publishing-feed.ts";

export const noAccountEvents: PublishingFeed["accountEvents"] = async () => ({ write: async () => {} });

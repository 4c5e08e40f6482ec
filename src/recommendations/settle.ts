/** Opens, renews and fixes recommendations according to what a check found, and publishes events about it. */
import { randomUUID } from "node:crypto";
import type { AccountEventWriter, PublishingFeed } from "../publishing/publishing-feed.ts";
import type { RecommendationEvent } from "../publishing/ses-event/render-account-event.ts";
import type { ScopedDatabase, ScopedQueryable } from "../stores/postgres/database.ts";
import {
  fixRecommendation,
  insertRecommendation,
  type OpenRecommendation,
  type RecommendationFinding,
  renewRecommendations,
  selectOpenRecommendations,
} from "../stores/postgres/recommendations.ts";

export interface SettleServices {
  /** In the scope of the recommendations. */
  database: ScopedDatabase;
  accountEvents: PublishingFeed["accountEvents"];
  log: { info(details: object, message: string): void };
}

/** The result of a check. */
export interface Checked {
  /** The domain; null for the addresses of the server. */
  readonly identity: string | null;
  readonly findings: readonly RecommendationFinding[];
  /** Whether the check would have found an open recommendation again if it were not fixed. */
  readonly isKnown: (open: OpenRecommendation) => boolean;
  /**
   * What else belongs to the transaction, before the rest. False if the domain was deleted in the meantime, so nothing is
   * stored.
   */
  readonly before: (transaction: ScopedQueryable) => Promise<boolean>;
}

/** Stores the result in one transaction. If processes compete, only the one that stores a change first publishes it. */
export async function settle(services: SettleServices, checked: Checked, now: Date): Promise<void> {
  const { database, log } = services;
  const writer = await services.accountEvents();
  const events = await database.transaction(async (transaction) => {
    if (!(await checked.before(transaction))) return [];
    return store(transaction, writer, checked, now);
  });
  for (const event of events) {
    const { type, text, recommendation } = event;
    const what = type === "RECOMMENDATION_OPENED" ? "recommendation" : "recommendation fixed";
    log.info({ identity: recommendation.identity, recommendation: recommendation.id }, `${what}: ${text}`);
  }
}

async function store(
  transaction: ScopedQueryable,
  writer: AccountEventWriter,
  { identity, findings, isKnown }: Checked,
  now: Date,
): Promise<RecommendationEvent[]> {
  const open = await selectOpenRecommendations(transaction, identity);
  const byKey = new Map(open.map((one) => [keyOf(one), one]));
  const events: RecommendationEvent[] = [];
  const again: OpenRecommendation[] = [];
  for (const finding of findings) {
    const standing = byKey.get(keyOf(finding));
    if (standing) {
      byKey.delete(keyOf(finding));
      again.push({ ...standing, ...finding });
      continue;
    }
    const opened = { ...finding, id: randomUUID(), openedAt: now };
    if (await insertRecommendation(transaction, opened, identity)) events.push(eventOf(opened, identity, now, false));
  }
  await renewRecommendations(transaction, again, now);
  for (const gone of byKey.values()) {
    if (isKnown(gone) && (await fixRecommendation(transaction, gone.id, now))) {
      events.push(eventOf(gone, identity, now, true));
    }
  }
  await writer.write(transaction, events, now);
  return events;
}

const keyOf = ({ type, finding }: Pick<RecommendationFinding, "type" | "finding">) => `${type} ${finding}`;

function eventOf(one: OpenRecommendation, identity: string | null, at: Date, isFixed: boolean): RecommendationEvent {
  const { id, type, impact, description, openedAt } = one;
  return {
    type: isFixed ? "RECOMMENDATION_FIXED" : "RECOMMENDATION_OPENED",
    at,
    text: description,
    impact,
    recommendation: { id, type, identity: identity ?? undefined, openedAt, fixedAt: isFixed ? at : undefined },
  };
}

/** Volumes as rates, and how they compare. */
import type {
  CountedType,
  Overview,
  OverviewBucket,
  Rates,
  TypesNotSent,
  Volumes,
} from "../../../../src/admin-api/overview.ts";

/** What each is measured against. */
const measuredAgainst = {
  deliveries: "sends",
  permanentBounces: "sends",
  transientBounces: "sends",
  complaints: "deliveriesWithFeedback",
  opens: "deliveriesOpenTracked",
  clicks: "deliveriesClickTracked",
} as const satisfies Readonly<Record<keyof Rates, keyof Volumes>>;

/** What there is a rate of. */
export type RateName = keyof typeof measuredAgainst;

/** The types of events that volumes are counted of. */
const typeOf = {
  sends: "SEND",
  deliveries: "DELIVERY",
  permanentBounces: "BOUNCE",
  transientBounces: "BOUNCE",
  complaints: "COMPLAINT",
  opens: "OPEN",
  clicks: "CLICK",
  deliveriesWithFeedback: "DELIVERY",
  deliveriesOpenTracked: "DELIVERY",
  deliveriesClickTracked: "DELIVERY",
} as const satisfies Readonly<Record<keyof Volumes, CountedType>>;

export const notSentNames: Readonly<Record<CountedType, string>> = {
  SEND: "sends",
  DELIVERY: "deliveries",
  BOUNCE: "bounces",
  COMPLAINT: "complaints",
  OPEN: "opens",
  CLICK: "clicks",
};

/** The types of events that the mirror has never brought of some account shown. */
export function lackingTypes(notSent: readonly TypesNotSent[] | undefined): ReadonlySet<CountedType> {
  return new Set(notSent?.flatMap(({ types }) => types));
}

/** Whether a count is not known: none is there, and none could be. */
export function isUnknown(volumes: Volumes, name: keyof Volumes, lacking: ReadonlySet<CountedType>): boolean {
  return volumes[name] === 0 && lacking.has(typeOf[name]);
}

/** Whether a rate can be measured: what it is measured against is complete, and the count is known. */
export function isMeasured(volumes: Volumes, name: RateName, lacking: ReadonlySet<CountedType>): boolean {
  return !lacking.has(typeOf[measuredAgainst[name]]) && !isUnknown(volumes, name, lacking);
}

/**
 * A rate of an hour or a day; null where there was nothing to measure against. Mail that was sent the hour before may be
 * opened in this one: then the share is of all of it.
 */
export function rateOf(volumes: Volumes, name: RateName): number | null {
  const outOf = volumes[measuredAgainst[name]];
  return outOf === 0 ? null : Math.min(1, volumes[name] / outOf);
}

/** `12% more than before`; nothing where there was nothing before. */
export function comparison(now: number, before: number): string | undefined {
  if (before === 0) return undefined;
  const change = (now - before) / before;
  const percent = Math.round(Math.abs(change) * 100);
  if (percent === 0) return "as before";
  // From here on a percentage is hard to picture.
  if (change > 9) return `${Math.round(now / before)} times as many as before`;
  return `${percent}% ${change > 0 ? "more" : "fewer"} than before`;
}

/** The hours or days from the first on which something happened: those before it say nothing of a server that was not there. */
export function sinceFirst({ buckets, bucket }: Pick<Overview, "buckets" | "bucket">): OverviewBucket[] {
  const first = buckets.findIndex(({ sends, deliveries, opens }) => sends + deliveries + opens > 0);
  // A line needs two points.
  const least = bucket === "hour" ? 24 : 7;
  return first < 0 ? buckets.slice(-least) : buckets.slice(Math.min(first, Math.max(0, buckets.length - least)));
}

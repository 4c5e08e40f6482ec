/** The results of a test as percentages. Pure. */
import type { PlacementStatistics } from "@aws-sdk/client-sesv2";
import type { TestMail } from "../stores/postgres/deliverability-tests.ts";

export type PlacedMail = Pick<TestMail, "isp" | "placement" | "spf" | "dkim">;

/**
 * The percentages (0 to 100) of the mail with a known placement. Mail whose placement is unknown, or not known yet, does
 * not count. The percentages of SPF and DKIM are of the mail that was found with a result of that method. A percentage
 * of nothing is left out.
 */
export function placementStatistics(mails: readonly PlacedMail[]): PlacementStatistics {
  const known = mails.filter(({ placement }) => placement !== null && placement !== "unknown");
  const placed = (wanted: TestMail["placement"]) => percentage(known, ({ placement }) => placement === wanted);
  return {
    InboxPercentage: placed("inbox"),
    SpamPercentage: placed("junk"),
    MissingPercentage: placed("missing"),
    SpfPercentage: percentage(
      known.filter(({ spf }) => spf !== null),
      ({ spf }) => spf === true,
    ),
    DkimPercentage: percentage(
      known.filter(({ dkim }) => dkim !== null),
      ({ dkim }) => dkim === true,
    ),
  };
}

/** The statistics of each provider, by name. */
export function placementsByIsp(mails: readonly PlacedMail[]) {
  return [...Map.groupBy(mails, ({ isp }) => isp)]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([isp, own]) => ({ IspName: isp, PlacementStatistics: placementStatistics(own) }));
}

function percentage(mails: readonly PlacedMail[], counts: (mail: PlacedMail) => boolean): number | undefined {
  return mails.length === 0 ? undefined : (100 * mails.filter(counts).length) / mails.length;
}

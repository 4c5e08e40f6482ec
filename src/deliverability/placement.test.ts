import { expect, test } from "vitest";
import { type PlacedMail, placementStatistics, placementsByIsp } from "./placement.ts";

const mail = (placement: PlacedMail["placement"], changes: Partial<PlacedMail> = {}): PlacedMail => ({
  ...{ isp: "a", placement, spf: null, dkim: null },
  ...changes,
});

test("the percentages are of the mail with a known placement", () => {
  const mails = [mail("inbox"), mail("inbox"), mail("junk"), mail("missing"), mail("unknown"), mail(null)];
  expect(placementStatistics(mails)).toEqual({ InboxPercentage: 50, SpamPercentage: 25, MissingPercentage: 25 });
});

test("SPF and DKIM are of the mail with such results", () => {
  const mails = [
    mail("inbox", { spf: true, dkim: true }),
    mail("junk", { spf: false }),
    mail("junk", { dkim: true }),
    mail("missing"),
  ];
  expect(placementStatistics(mails)).toMatchObject({ SpfPercentage: 50, DkimPercentage: 100 });
});

test("there are no percentages of nothing", () => {
  for (const mails of [[], [mail(null)], [mail("unknown")]]) expect(placementStatistics(mails)).toEqual({});
});

test("providers are listed by name, also those without results", () => {
  const mails = [mail("junk", { isp: "b" }), mail("inbox"), mail(null, { isp: "c" }), mail("missing", { isp: "b" })];
  expect(placementsByIsp(mails)).toEqual([
    { IspName: "a", PlacementStatistics: { InboxPercentage: 100, SpamPercentage: 0, MissingPercentage: 0 } },
    { IspName: "b", PlacementStatistics: { InboxPercentage: 0, SpamPercentage: 50, MissingPercentage: 50 } },
    { IspName: "c", PlacementStatistics: {} },
  ]);
});

import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { placementStatistics, placementsByIsp } from "../../deliverability/placement.ts";
import { readKeptMail } from "../../events/kept-mail.ts";
import { locationOf } from "../../events/record.ts";
import { selectTest, type TestMail } from "../../stores/postgres/deliverability-tests.ts";
import type { DeliverabilityServices } from "./deliverability-services.ts";
import { describeTest } from "./report-shape.ts";

type Services = Pick<DeliverabilityServices, "database" | "objects" | "history">;

/** The longest message that a report contains, in bytes. */
const longestMessage = 1 << 20;

/** GetDeliverabilityTestReport. While the test is in progress, the percentages are of the mail found so far. */
export function getDeliverabilityTestReport(services: Services): Handler<"GetDeliverabilityTestReport"> {
  return async ({ ReportId = "" }) => {
    const found = await selectTest(services.database, ReportId);
    if (!found) throw errors.testReportNotFound(ReportId);
    const { test, mails } = found;
    return {
      DeliverabilityTestReport: describeTest(test),
      OverallPlacement: placementStatistics(mails),
      IspPlacements: placementsByIsp(mails),
      Message: await messageOf(services, mails),
      Tags: test.tags,
    };
  };
}

/** The message to the first mailbox; undefined if it was not sent, is no longer stored, or is too long. */
async function messageOf(
  { database, objects, history }: Services,
  mails: readonly TestMail[],
): Promise<string | undefined> {
  for (const { messageId } of mails) {
    const sent = (await history(messageId, database.scope)).find(({ type }) => type === "SEND");
    if (!sent) continue;
    if ((locationOf(sent)?.length ?? 0) > longestMessage) return undefined;
    return (await readKeptMail(objects, sent))?.toString();
  }
  return undefined;
}

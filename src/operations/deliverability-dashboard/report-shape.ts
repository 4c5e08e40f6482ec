import type { DeliverabilityTestReport } from "@aws-sdk/client-sesv2";
import type { ListedTest } from "../../stores/postgres/deliverability-tests.ts";

/** A test as its report and the list show it. */
export function describeTest(test: Omit<ListedTest, "position">): DeliverabilityTestReport {
  return {
    ReportId: test.id,
    ReportName: test.name ?? undefined,
    Subject: test.subject ?? undefined,
    FromEmailAddress: test.fromAddress,
    CreateDate: test.createdAt,
    DeliverabilityTestStatus: test.completedAt === null ? "IN_PROGRESS" : "COMPLETED",
  };
}

/** Export jobs for messages and metrics. */
import { setTimeout as delay } from "node:timers/promises";
import { CreateExportJobCommand, GetExportJobCommand, type SESv2Client } from "@aws-sdk/client-sesv2";

const day = 24 * 3600 * 1000;

/** Creates them one after the other, so that their order is always the same. */
export async function fillJobs(client: SESv2Client): Promise<void> {
  // SES aggregates by whole days, and its timestamps have a resolution of seconds.
  const midnight = new Date(new Date().setUTCHours(0, 0, 0, 0));
  const EndDate = new Date();
  const begun = (days: number) => new Date(EndDate.getTime() - days * day);
  await run(client, {
    ExportDataSource: {
      MetricsDataSource: {
        Namespace: "VDM",
        StartDate: new Date(midnight.getTime() - 14 * day),
        EndDate: midnight,
        Dimensions: { ISP: ["Gmail", "Yahoo", "Hotmail"] },
        Metrics: [
          { Name: "SEND", Aggregation: "VOLUME" },
          { Name: "DELIVERY", Aggregation: "RATE" },
          { Name: "COMPLAINT", Aggregation: "RATE" },
        ],
      },
    },
    ExportDestination: { DataFormat: "CSV" },
  });
  await run(client, {
    ExportDataSource: {
      MessageInsightsDataSource: {
        StartDate: begun(7),
        EndDate,
        Include: { LastDeliveryEvent: ["PERMANENT_BOUNCE", "COMPLAINT"] },
        MaxResults: 10_000,
      },
    },
    ExportDestination: { DataFormat: "CSV" },
  });
  await run(client, {
    ExportDataSource: {
      MessageInsightsDataSource: {
        StartDate: begun(30),
        EndDate,
        Include: { FromEmailAddress: ["news@shop.example.com"] },
      },
    },
    ExportDestination: { DataFormat: "JSON" },
  });
}

async function run(client: SESv2Client, input: ConstructorParameters<typeof CreateExportJobCommand>[0]): Promise<void> {
  const { JobId } = await client.send(new CreateExportJobCommand(input));
  for (;;) {
    const { JobStatus } = await client.send(new GetExportJobCommand({ JobId }));
    if (JobStatus !== "CREATED" && JobStatus !== "PROCESSING") return;
    await delay(50);
  }
}

/** The period as lines: how much, how much of it arrived and was looked at, and what went wrong. */
import { SimpleGrid, Stack } from "@mantine/core";
import { useMemo } from "react";
import type { CountedType, Overview, OverviewBucket, Volumes } from "../../../../src/admin-api/overview.ts";
import type { ChartSeries } from "../../components/chart/plot-options.ts";
import { TimeChart } from "../../components/chart/time-chart.tsx";
import { isMeasured, isUnknown, lackingTypes, type RateName, rateOf, sinceFirst } from "./rates.ts";

/** `whole`: all that is kept, which begins with the first day that there is something of. */
export function Charts({ overview, whole }: { overview: Overview; whole: boolean }) {
  const shown = useMemo(() => {
    const buckets = whole ? sinceFirst(overview) : overview.buckets;
    return {
      starts: buckets.map(({ at }) => at),
      ...seriesOf(buckets, overview.totals.volumes, lackingTypes(overview.notSent)),
    };
  }, [overview, whole]);
  const { starts, volumes, engagement, problems } = shown;
  const { bucket } = overview;
  return (
    <Stack gap="md">
      <TimeChart
        title={bucket === "hour" ? "Messages an hour" : "Messages a day"}
        starts={starts}
        bucket={bucket}
        unit="count"
        series={volumes}
        height={280}
      />
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
        <TimeChart
          title="Delivered, opened, clicked"
          starts={starts}
          bucket={bucket}
          unit="rate"
          series={engagement}
          about="Shares: of what was sent, and of the deliveries where opens or clicks can be seen."
        />
        <TimeChart
          title="Bounces and complaints"
          starts={starts}
          bucket={bucket}
          unit="rate"
          series={problems}
          about="Shares: of what was sent, and of the deliveries whose provider tells of complaints."
        />
      </SimpleGrid>
    </Stack>
  );
}

/** What is not known has no line. */
function seriesOf(buckets: readonly OverviewBucket[], all: Volumes, lacking: ReadonlySet<CountedType>) {
  const rate = (name: string, look: ChartSeries["look"], of: RateName): ChartSeries => ({
    name,
    look,
    values: buckets.map((one) => (isMeasured(all, of, lacking) ? rateOf(one, of) : null)),
  });
  const count = (name: string, look: ChartSeries["look"], of: RateName | "sends"): ChartSeries => ({
    name,
    look,
    values: buckets.map((one) => (isUnknown(all, of, lacking) ? null : one[of])),
  });
  return {
    volumes: [
      count("Sent", "blue", "sends"),
      count("Delivered", "green", "deliveries"),
      count("Opened", "purple", "opens"),
      count("Clicked", "orange", "clicks"),
      count("Bounced for good", "red", "permanentBounces"),
      count("Bounced for now", "grey", "transientBounces"),
    ],
    engagement: [
      rate("Delivered", "green", "deliveries"),
      rate("Opened", "purple", "opens"),
      rate("Clicked", "orange", "clicks"),
    ],
    problems: [
      rate("Bounced for good", "red", "permanentBounces"),
      rate("Bounced for now", "grey", "transientBounces"),
      rate("Complaints", "orange", "complaints"),
    ],
  };
}

/** Control totals: what SES counted beside what arrived. They are read only when asked for: reading them calls AWS. */
import { Alert, Button, Group, Loader, SegmentedControl, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { MirrorSource } from "../../../../src/admin-api/mirror.ts";
import type { MirrorTotals } from "../../../../src/admin-api/mirror-totals.ts";
import { ErrorAlert } from "../../components/error-alert.tsx";
import { Part } from "../../components/part.tsx";
import { ScopeTotals } from "./scope-totals.tsx";
import { counters, lastDays, type TotalsChoice, totalsQuery } from "./totals.ts";

export function TotalsPart({ source }: { source: MirrorSource }) {
  const [by, setBy] = useState<MirrorTotals["by"]>("cloudwatch");
  const [days, setDays] = useState<TotalsChoice["days"]>(7);
  const [asked, setAsked] = useState<TotalsChoice>();
  const query = useQuery({ ...totalsQuery(source.id, asked ?? { by, days }), enabled: asked !== undefined });
  const { data, error, isFetching, refetch } = query;
  const compare = () => {
    // Another choice is another query, which starts by itself.
    if (asked?.by === by && asked.days === days) void refetch();
    else setAsked({ by, days });
  };
  return (
    <Part title="Control totals">
      <Text size="sm">
        Compares what SES counted with the events that arrived here, by day in UTC. This reads from AWS with the
        server&apos;s credentials, which need{" "}
        {by === "cloudwatch" ? "cloudwatch:GetMetricData" : "ses:BatchGetMetricData, and the account needs VDM"}.
      </Text>
      <Group gap="sm">
        <SegmentedControl
          size="xs"
          aria-label="Counted by"
          data={counters.map((one) => ({ ...one }))}
          value={by}
          onChange={setBy}
        />
        <SegmentedControl
          size="xs"
          aria-label="Period"
          data={lastDays.map((count) => ({ value: String(count), label: `${count} days` }))}
          value={String(days)}
          onChange={(value) => setDays(lastDays.find((count) => String(count) === value) ?? days)}
        />
        <Button size="xs" loading={isFetching} onClick={compare}>
          Compare
        </Button>
      </Group>
      <div aria-live="polite">
        {asked !== undefined && isFetching && (
          <Group gap="xs">
            <Loader size="xs" aria-hidden />
            <Text size="sm">Reading counts from AWS and counting what arrived…</Text>
          </Group>
        )}
      </div>
      {error && !isFetching && <ErrorAlert title="The totals could not be read" error={error} />}
      {data && !isFetching && <Scopes totals={data} />}
    </Part>
  );
}

function Scopes({ totals: { scopes } }: { totals: MirrorTotals }) {
  if (scopes.length === 0) return <Text size="sm">The source has no account to compare.</Text>;
  return (
    <Stack>
      {scopes.map((scope) =>
        scope.error === undefined ? (
          <ScopeTotals key={`${scope.account} ${scope.region}`} scope={scope} />
        ) : (
          <Alert
            key={`${scope.account} ${scope.region}`}
            color="red"
            variant="light"
            role="alert"
            title={`${scope.account}, ${scope.region}: the counts could not be read`}
          >
            <Text size="sm">{scope.error}</Text>
          </Alert>
        ),
      )}
    </Stack>
  );
}

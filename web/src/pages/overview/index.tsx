/** How the mail of a period did: volumes and rates over time, beside the period before, and what stands out. */
import { Alert, Skeleton, Stack } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { Overview } from "../../../../src/admin-api/overview.ts";
import { readOverview } from "../../api/admin.ts";
import { alertsQuery } from "../../api/alerts.ts";
import { useLiveQueries } from "../../api/live.tsx";
import { OpenAlerts } from "../../components/alerts/open-alerts.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { ErrorAlert } from "../../components/error-alert.tsx";
import { ButtonLink, TextLink } from "../../components/links.tsx";
import { PageFrame } from "../../components/page-frame.tsx";
import { useZone } from "../../time/zone.tsx";
import { Anomalies } from "./anomalies.tsx";
import { Breakdown } from "./breakdown.tsx";
import { Charts } from "./charts.tsx";
import { NotSent } from "./not-sent.tsx";
import type { OverviewSearch } from "./overview-search.ts";
import { type PeriodChoice, periodChoice, periodOf } from "./period-choice.ts";
import { PeriodPicker } from "./period-picker.tsx";
import { lackingTypes } from "./rates.ts";
import { Totals } from "./totals.tsx";

const route = getRouteApi("/pages/");

export function OverviewPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { zone } = useZone();
  const choice = periodChoice(search);
  const { by = "isp", tenant } = search;
  const query = useQuery({
    queryKey: ["overview", choice, zone, by, tenant],
    queryFn: ({ signal }) => readOverview({ ...periodOf(choice, new Date(), zone), zone, by, tenant }, signal),
    placeholderData: keepPreviousData,
  });
  const alerts = useQuery(alertsQuery);
  useLiveQueries(["overview"]);
  const { data: overview, isError, error, refetch, isPlaceholderData } = query;
  const choose = (chosen: PeriodChoice) =>
    navigate({ search: { by: search.by, tenant, ...chosen }, resetScroll: false });
  return (
    <PageFrame
      title={tenant === undefined ? "Overview" : `Overview of ${tenant}`}
      about={tenant !== undefined && <TenantLine tenant={tenant} search={search} />}
      wide
    >
      <OpenAlerts
        query={alerts}
        concerns={
          tenant === undefined ? undefined : ({ subject }) => subject.type === "tenant" && subject.name === tenant
        }
      />
      <PeriodPicker choice={choice} shown={overview ?? periodOf(choice, new Date(), zone)} choose={choose} />
      {isError && <ErrorAlert title="The overview could not be read" error={error} retry={() => void refetch()} />}
      {overview ? (
        <Stack gap="lg" aria-busy={isPlaceholderData} opacity={isPlaceholderData ? 0.6 : 1}>
          <Shown
            overview={overview}
            whole={"range" in choice && choice.range === "all"}
            breakdown={
              <Breakdown
                overview={overview}
                by={by}
                tenant={tenant}
                choose={(chosen) => navigate({ search: { ...search, by: chosen }, resetScroll: false })}
              />
            }
          />
        </Stack>
      ) : (
        !isError && <Waiting />
      )}
    </PageFrame>
  );
}

/** Whose mail is shown, and the way to all of it. */
function TenantLine({ tenant, search }: { tenant: string; search: OverviewSearch }) {
  return (
    <>
      Mail that was sent for the tenant{" "}
      <TextLink to="/tenants/$name" params={{ name: tenant }}>
        {tenant}
      </TextLink>
      .{" "}
      <TextLink to="/" search={{ ...search, tenant: undefined }}>
        Show all mail
      </TextLink>
    </>
  );
}

function Shown({ overview, whole, breakdown }: { overview: Overview; whole: boolean; breakdown: React.ReactNode }) {
  const { totals, before, anomalies, behind, notSent } = overview;
  if (isNothing(overview)) {
    return (
      <EmptyState
        title="No mail in this period"
        description="Choose a longer period, or send some: the simulator takes any mail."
        action={
          <ButtonLink to="/start" variant="default">
            How to send
          </ButtonLink>
        }
      />
    );
  }
  return (
    <>
      {behind && (
        <Alert color="blue" variant="light">
          More happens than can be counted at once: the newest mail is still missing here.
        </Alert>
      )}
      <Totals totals={totals} before={before} lacking={lackingTypes(notSent)} />
      <NotSent notSent={notSent} />
      <Anomalies anomalies={anomalies} />
      <Charts overview={overview} whole={whole} />
      {breakdown}
    </>
  );
}

function isNothing({ totals: { volumes } }: Overview): boolean {
  return Object.values(volumes).every((count) => count === 0);
}

/** As high as what comes. */
function Waiting() {
  return (
    <Stack gap="lg" role="status" aria-label="Loading">
      <Skeleton height={132} />
      <Skeleton height={390} />
      <Skeleton height={380} />
    </Stack>
  );
}

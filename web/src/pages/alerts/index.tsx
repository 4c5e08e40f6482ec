/** The alerts that are open, and those that ended lately, each with what it is about. */
import { Stack, Text } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { Alert, AlertList } from "../../../../src/admin-api/alerts.ts";
import { alertsQuery } from "../../api/alerts.ts";
import { scopeLabel, scopesQuery, useShowsAll } from "../../api/scopes.ts";
import { AlertMessagesLink, SubjectLink } from "../../components/alerts/alert-links.tsx";
import { alertDetail, alertNames, subjectNames } from "../../components/alerts/alert-words.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { Loaded } from "../../components/loaded.tsx";
import { PageFrame } from "../../components/page-frame.tsx";
import { Part } from "../../components/part.tsx";
import { formatMinute } from "../../time/format.ts";
import { Time } from "../../time/zone.tsx";

/** The server lists no more of each. */
const mostListed = 1_000;

export function AlertsPage() {
  const query = useQuery(alertsQuery);
  return (
    <PageFrame
      title="Alerts"
      about="Bounce and complaint rates above their thresholds, and sources of the mirror that are silent, failing or falling behind."
      wide
    >
      <Loaded query={query} failed="The alerts could not be read">
        {(alerts) => <Alerts alerts={alerts} />}
      </Loaded>
    </PageFrame>
  );
}

function Alerts({ alerts: { open, closed } }: { alerts: AlertList }) {
  const columns = useColumns();
  if (open.length === 0 && closed.length === 0) {
    return (
      <EmptyState
        title="There are no alerts"
        description="None is open, and none ended in the last 30 days."
        icon={<IconCircleCheck aria-hidden />}
      />
    );
  }
  return (
    <Stack>
      <Part title="Open">
        {open.length === 0 ? (
          <Text size="sm">No alert is open.</Text>
        ) : (
          <DataTable label="Open alerts" rows={open} rowKey={({ id }) => id} columns={columns} />
        )}
        <Limit of={open} />
      </Part>
      <Part title="Ended in the last 30 days">
        {closed.length === 0 ? (
          <Text size="sm">No alert ended in the last 30 days.</Text>
        ) : (
          <DataTable label="Ended alerts" rows={closed} rowKey={({ id }) => id} columns={[...columns, ended]} />
        )}
        <Limit of={closed} />
      </Part>
    </Stack>
  );
}

function Limit({ of }: { of: readonly Alert[] }) {
  if (of.length < mostListed) return null;
  return (
    <Text size="sm" c="dimmed">
      Only the newest {mostListed.toLocaleString("en")} are listed.
    </Text>
  );
}

const ended: Column<Alert> = {
  title: "Ended",
  cell: ({ closedAt }) => closedAt !== undefined && <Time at={closedAt} format={formatMinute} />,
};

function useColumns(): Column<Alert>[] {
  const all = useShowsAll();
  const { data: scopes } = useQuery(scopesQuery);
  const scope: Column<Alert> = {
    title: "Account",
    cell: ({ account, region }) => (
      <Text size="sm">
        {account === undefined || region === undefined ? "–" : scopeLabel({ account, region }, scopes)}
      </Text>
    ),
  };
  return [
    {
      title: "Alert",
      cell: (alert) => (
        <Text size="sm" component="div">
          <b>{alertNames[alert.kind]}</b>
          <div>
            {subjectNames[alert.subject.type]} <SubjectLink alert={alert} />
          </div>
        </Text>
      ),
    },
    ...(all ? [scope] : []),
    {
      title: "Details",
      cell: (alert) => (
        <Text size="sm" component="div">
          {alertDetail(alert)} <At alert={alert} />{" "}
          <AlertMessagesLink alert={alert}>Show the messages</AlertMessagesLink>
        </Text>
      ),
    },
    { title: "Opened", cell: ({ openedAt }) => <Time at={openedAt} format={formatMinute} /> },
  ];
}

/** When it was measured, or what last happened. */
function At({ alert: { measuredAt, eventAt, errorAt } }: { alert: Alert }) {
  const known = [
    ["Measured", measuredAt],
    ["Last event:", eventAt],
    ["Error of", errorAt],
  ] as const;
  return known.map(
    ([what, at]) =>
      at && (
        <span key={what}>
          {what} <Time at={at} format={formatMinute} />.
        </span>
      ),
  );
}

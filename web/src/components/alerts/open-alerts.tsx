/** A notice of the alerts that are open, for the top of a page; nothing if there are none. */
import { List, Alert as Notice, Text } from "@mantine/core";
import { IconBellRinging } from "@tabler/icons-react";
import type { UseQueryResult } from "@tanstack/react-query";
import type { Alert, AlertList } from "../../../../src/admin-api/alerts.ts";
import { ErrorAlert } from "../error-alert.tsx";
import { TextLink } from "../links.tsx";
import { SubjectLink } from "./alert-links.tsx";
import { alertDetail, alertNames } from "./alert-words.ts";

/** More are on the page of alerts. */
const mostShown = 5;

/** `concerns` tells which alerts the page is about; by default all. */
export function OpenAlerts(parts: {
  query: UseQueryResult<AlertList>;
  concerns?: ((alert: Alert) => boolean) | undefined;
}) {
  const { query, concerns = () => true } = parts;
  const { data, error, refetch } = query;
  if (!data) {
    return error && <ErrorAlert title="The alerts could not be read" error={error} retry={() => void refetch()} />;
  }
  const open = data.open.filter(concerns);
  if (open.length === 0) return null;
  return (
    <Notice
      color="red"
      variant="light"
      icon={<IconBellRinging aria-hidden />}
      title={open.length === 1 ? "1 open alert" : `${open.length.toLocaleString("en")} open alerts`}
    >
      <List spacing={4} size="sm">
        {open.slice(0, mostShown).map((alert) => (
          <List.Item key={alert.id} style={{ overflowWrap: "anywhere" }}>
            {alertNames[alert.kind]}: <SubjectLink alert={alert} />. {alertDetail(alert)}
          </List.Item>
        ))}
      </List>
      <Text size="sm" mt="xs">
        <TextLink to="/alerts">
          {open.length > mostShown ? `Show all ${open.length.toLocaleString("en")} alerts` : "Show all alerts"}
        </TextLink>
      </Text>
    </Notice>
  );
}

/** The open alerts of a source, or of all sources. */
import { useQuery } from "@tanstack/react-query";
import { allAlertsQuery } from "../../api/alerts.ts";
import { OpenAlerts } from "../../components/alerts/open-alerts.tsx";

export function SourceAlerts({ id }: { id?: string }) {
  const query = useQuery(allAlertsQuery);
  return (
    <OpenAlerts
      query={query}
      concerns={({ subject }) => subject.type === "source" && (id === undefined || subject.id === id)}
    />
  );
}

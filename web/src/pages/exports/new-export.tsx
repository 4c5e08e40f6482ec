/** A new export: of what a search found, of what an earlier one asked for, or of what is filled in here. */
import { Alert, Button, Group, SegmentedControl, Stack } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { ses } from "../../api/ses.ts";
import { ErrorAlert } from "../../components/error-alert.tsx";
import { ButtonLink } from "../../components/links.tsx";
import { LoadingRows } from "../../components/loading-rows.tsx";
import { PageFrame } from "../../components/page-frame.tsx";
import { type ExportJob, exportJobQuery } from "./export-jobs.ts";
import { MessageExportForm } from "./message-export-form.tsx";
import { formOfJob, formOfSearch, sourceOf } from "./message-source.ts";
import { MetricExportForm } from "./metric-export-form.tsx";
import { firstMetricForm, metricFormOfJob, metricSourceOf } from "./metric-source.ts";

const route = getRouteApi("/pages/exports/new");

export function NewExportPage() {
  const { like } = route.useSearch();
  return (
    <PageFrame title="New export" about="The file is made in the background; it can be downloaded once it is whole.">
      {like === undefined ? <ExportForm /> : <FormLike jobId={like} />}
    </PageFrame>
  );
}

/** Waits for the earlier job, since a form is filled in once. */
function FormLike({ jobId }: { jobId: string }) {
  const { data: job, isError, error, refetch } = useQuery(exportJobQuery(jobId));
  if (isError)
    return <ErrorAlert title="The earlier export could not be read" error={error} retry={() => void refetch()} />;
  return job ? <ExportForm like={job} /> : <LoadingRows rows={6} />;
}

function ExportForm({ like }: { like?: ExportJob }) {
  const search = route.useSearch();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const { MessageInsightsDataSource: likeMessages, MetricsDataSource: likeMetrics } = like?.ExportDataSource ?? {};
  const [now] = useState(() => new Date());
  const [source, setSource] = useState<"messages" | "metrics">(likeMetrics ? "metrics" : (search.source ?? "messages"));
  const [{ form: searched, left }] = useState(() => formOfSearch(search, now));
  const [messages, setMessages] = useState(() => (likeMessages ? formOfJob(likeMessages) : searched));
  const [metrics, setMetrics] = useState(() =>
    likeMetrics ? metricFormOfJob(likeMetrics) : firstMetricForm(now, search),
  );
  const [format, setFormat] = useState<"CSV" | "JSON">(like?.ExportDestination?.DataFormat === "JSON" ? "JSON" : "CSV");

  const creating = useMutation({
    mutationFn: () =>
      ses("CreateExportJob", {
        ExportDataSource:
          source === "messages"
            ? { MessageInsightsDataSource: sourceOf(messages) }
            : { MetricsDataSource: metricSourceOf(metrics) },
        ExportDestination: { DataFormat: format },
      }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ["export jobs"] });
      await navigate({ to: "/exports" });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    creating.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="lg">
        <SegmentedControl
          aria-label="What to export"
          value={source}
          onChange={setSource}
          data={[
            { value: "messages", label: "Messages" },
            { value: "metrics", label: "Metrics" },
          ]}
        />
        {source === "messages" && left.length > 0 && (
          <Alert color="orange" variant="light" title="The file may have more than the search found">
            SES’s exports can’t be filtered by {left.join(", ")}; the other filters of the search are kept below.
          </Alert>
        )}
        {source === "messages" ? (
          <MessageExportForm form={messages} onChange={setMessages} />
        ) : (
          <MetricExportForm form={metrics} onChange={setMetrics} />
        )}
        <Group gap="sm">
          <SegmentedControl
            aria-label="Format"
            value={format}
            onChange={setFormat}
            data={[
              { value: "CSV", label: "CSV" },
              { value: "JSON", label: "JSON" },
            ]}
          />
          <Button type="submit" loading={creating.isPending}>
            Create the export
          </Button>
          <ButtonLink to="/exports" variant="subtle">
            Back
          </ButtonLink>
        </Group>
        {creating.isError && <ErrorAlert title="The export was not created" error={creating.error} />}
      </Stack>
    </form>
  );
}

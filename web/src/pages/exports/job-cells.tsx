/** What a row tells of an export job, and what can be done with it. */
import { Button, CopyButton, Group, Loader, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { ses } from "../../api/ses.ts";
import { ConfirmButton } from "../../components/confirm-button.tsx";
import { startDownload } from "../../components/download.ts";
import { messageOf } from "../../components/error-alert.tsx";
import { ErrorText } from "../../components/error-text.tsx";
import { ButtonLink } from "../../components/links.tsx";
import { StatusBadge } from "../../components/status-badge.tsx";
import { formatCount, formatMinute } from "../../time/format.ts";
import { Time } from "../../time/zone.tsx";
import { type ExportJob, exportJobQuery, isDownload, isOpen, type JobStatus, statusWords } from "./export-jobs.ts";

/** The kind, the interval and the format. */
export function JobContents({ jobId }: { jobId: string }) {
  const { data: job } = useQuery(exportJobQuery(jobId));
  if (!job) return <Text size="sm">…</Text>;
  const { MessageInsightsDataSource: messages, MetricsDataSource: metrics } = job.ExportDataSource ?? {};
  const { StartDate: start = 0, EndDate: end = 0 } = messages ?? metrics ?? {};
  return (
    <Stack gap={2}>
      <Text size="sm" fw={500}>
        {messages ? "Messages" : "Metrics"} as {job.ExportDestination?.DataFormat}
      </Text>
      <Text size="xs" c="dimmed">
        <Time at={start} format={formatMinute} /> to <Time at={end} format={formatMinute} />
        {filterCount(messages)}
      </Text>
    </Stack>
  );
}

type Messages = NonNullable<NonNullable<ExportJob["ExportDataSource"]>["MessageInsightsDataSource"]>;

function filterCount(messages: Messages | undefined): string {
  const count = [messages?.Include, messages?.Exclude].flatMap((filters) => Object.values(filters ?? {})).length;
  if (count === 0) return "";
  return count === 1 ? ", 1 filter" : `, ${count} filters`;
}

/** The status, how far it is, and why it failed. */
export function JobProgress({ jobId, listed }: { jobId: string; listed: JobStatus | undefined }) {
  const { data: job } = useQuery(exportJobQuery(jobId));
  const queryClient = useQueryClient();
  const status = job?.JobStatus ?? listed ?? "CREATED";
  // What the list says of a job is read by it before the job itself is.
  const last = useRef(listed);
  useEffect(() => {
    if (last.current === listed) return;
    last.current = listed;
    void queryClient.invalidateQueries({ queryKey: ["export job", jobId] });
  }, [listed, jobId, queryClient]);
  const { word, tone } = statusWords[status];
  return (
    <Stack gap={2} align="flex-start">
      <Group gap={6} role="status">
        <StatusBadge tone={tone}>{word}</StatusBadge>
        {isOpen(status) && <Loader size={14} aria-hidden />}
        <Text size="sm" component="span" style={{ fontVariantNumeric: "tabular-nums" }}>
          {recordsOf(job)}
        </Text>
      </Group>
      {job?.FailureInfo?.ErrorMessage !== undefined && (
        <ErrorText>
          {job.FailureInfo.ErrorMessage} “Same again” begins a new export with what this one asked for.
        </ErrorText>
      )}
    </Stack>
  );
}

function recordsOf(job: ExportJob | undefined): string {
  const { ExportedRecordsCount: exported, ProcessedRecordsCount: processed } = job?.Statistics ?? {};
  if (exported !== undefined) return exported === 1 ? "1 record" : `${formatCount(exported)} records`;
  return processed === undefined ? "" : `${formatCount(processed)} looked at`;
}

/** Download, cancel, the same again. */
export function JobActions({ jobId }: { jobId: string }) {
  const { data: job } = useQuery(exportJobQuery(jobId));
  const queryClient = useQueryClient();
  if (!job) return null;
  const url = job.ExportDestination?.S3Url;
  const changed = () => {
    void queryClient.invalidateQueries({ queryKey: ["export job", jobId] });
    void queryClient.invalidateQueries({ queryKey: ["export jobs"] });
  };
  return (
    <>
      {job.JobStatus === "COMPLETED" &&
        (isDownload(url) ? <DownloadButton jobId={jobId} /> : <CopyPlace place={url} />)}
      {isOpen(job.JobStatus) && (
        <ConfirmButton
          label="Cancel"
          accessibleLabel="Cancel this export"
          question="Cancel this export?"
          confirm="Cancel the export"
          failed="The export could not be cancelled"
          run={() => ses("CancelExportJob", { JobId: jobId })}
          done={changed}
        >
          It stops within a second, and leaves no file.
        </ConfirmButton>
      )}
      <ButtonLink to="/exports/new" search={{ like: jobId }} size="xs" variant="subtle">
        Same again
      </ButtonLink>
    </>
  );
}

function DownloadButton({ jobId }: { jobId: string }) {
  const queryClient = useQueryClient();
  const downloading = useMutation({
    // A URL works for a while only: each download has its own.
    mutationFn: () => queryClient.fetchQuery({ ...exportJobQuery(jobId), staleTime: 0 }),
    onSuccess: ({ ExportDestination: destination }) => startDownload(destination?.S3Url ?? ""),
    onError: (error) =>
      notifications.show({ color: "red", title: "The file could not be downloaded", message: messageOf(error) }),
  });
  return (
    <Button size="xs" loading={downloading.isPending} onClick={() => downloading.mutate()}>
      Download
    </Button>
  );
}

function CopyPlace({ place = "" }: { place: string | undefined }) {
  return (
    <CopyButton value={place}>
      {({ copied, copy }) => (
        <Button size="xs" variant="default" onClick={copy} title={place}>
          {copied ? "Copied" : "Copy the file's place"}
        </Button>
      )}
    </CopyButton>
  );
}

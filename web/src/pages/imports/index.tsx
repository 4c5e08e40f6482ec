/** All import jobs, newest first, as they go on. */
import { Group, Loader, Stack, Text } from "@mantine/core";
import { IconFileUpload } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { cancelImport } from "../../api/admin.ts";
import { ConfirmButton } from "../../components/confirm-button.tsx";
import { DataTable } from "../../components/data-table.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { ButtonLink } from "../../components/links.tsx";
import { Loaded } from "../../components/loaded.tsx";
import { PageFrame } from "../../components/page-frame.tsx";
import { StatusBadge } from "../../components/status-badge.tsx";
import { formatCount } from "../../time/format.ts";
import { Time } from "../../time/zone.tsx";
import { FailedRecordsButton, FailureText } from "./failed-records.tsx";
import { type ImportJobSummary, importJobsQuery, isOpen, statusWords } from "./import-jobs.ts";

export function ImportsPage() {
  const query = useQuery(importJobsQuery);
  return (
    <PageFrame
      title="Imports"
      about="Addresses from files, into the suppression list or a contact list, or out of it."
      actions={<ButtonLink to="/imports/new">New import</ButtonLink>}
      wide
    >
      <Loaded query={query} failed="The import jobs could not be read">
        {(jobs) =>
          jobs.length === 0 ? (
            <EmptyState
              title="Nothing was imported yet"
              description="Drop a CSV or JSON file on “New import”: you see what will happen before anything does."
              icon={<IconFileUpload aria-hidden />}
            />
          ) : (
            <DataTable
              label="Import jobs"
              rows={jobs}
              rowKey={({ JobId = "" }) => JobId}
              columns={[
                { title: "What", cell: (job) => <Text size="sm">{destinationText(job)}</Text> },
                { title: "Status", cell: (job) => <Progress job={job} /> },
                { title: "Created", cell: ({ CreatedTimestamp = 0 }) => <Time at={CreatedTimestamp} /> },
                { title: "Actions", untitled: true, cell: (job) => <Actions job={job} /> },
              ]}
            />
          )
        }
      </Loaded>
    </PageFrame>
  );
}

function destinationText({ ImportDestination: to }: ImportJobSummary): string {
  const { SuppressionListDestination: suppressions, ContactListDestination: contacts } = to ?? {};
  if (contacts) {
    const { ContactListName: name, ContactListImportAction: action } = contacts;
    return action === "PUT" ? `Put into contact list ${name}` : `Remove from contact list ${name}`;
  }
  return suppressions?.SuppressionListImportAction === "PUT"
    ? "Put onto the suppression list"
    : "Remove from the suppression list";
}

function Progress({ job }: { job: ImportJobSummary }) {
  const {
    JobId = "",
    JobStatus: status = "CREATED",
    ProcessedRecordsCount: done = 0,
    FailedRecordsCount: bad = 0,
  } = job;
  const { word, tone } = statusWords[status] ?? { word: status, tone: "neutral" };
  return (
    <Stack gap={2} align="flex-start">
      <Group gap={6} role="status">
        <StatusBadge tone={tone}>{word}</StatusBadge>
        {isOpen(status) && <Loader size={14} aria-hidden />}
        <Text size="sm" component="span" style={{ fontVariantNumeric: "tabular-nums" }}>
          {done === 1 ? "1 record" : `${formatCount(done)} records`}
          {bad > 0 && `, ${formatCount(bad)} of them failed`}
        </Text>
      </Group>
      {status === "FAILED" && <FailureText jobId={JobId} />}
    </Stack>
  );
}

function Actions({ job }: { job: ImportJobSummary }) {
  const { JobId: id = "", JobStatus: status, FailedRecordsCount: failed = 0 } = job;
  const queryClient = useQueryClient();
  return (
    <>
      {isOpen(status) && (
        <ConfirmButton
          label="Cancel"
          accessibleLabel="Cancel this import"
          question="Cancel this import?"
          confirm="Cancel the import"
          failed="The import could not be cancelled"
          run={() => cancelImport(id)}
          done={() => void queryClient.invalidateQueries({ queryKey: importJobsQuery.queryKey })}
        >
          It stops within a second. What it has imported by then stays.
        </ConfirmButton>
      )}
      {!isOpen(status) && failed > 0 && <FailedRecordsButton jobId={id} />}
    </>
  );
}

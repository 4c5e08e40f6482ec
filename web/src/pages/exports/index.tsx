/** All export jobs, newest first, as they go on. */
import { Group, Select } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useState } from "react";
import { usePages } from "../../api/pages.ts";
import { ses } from "../../api/ses.ts";
import { DataTable } from "../../components/data-table.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { ButtonLink } from "../../components/links.tsx";
import { Loaded, MoreButton } from "../../components/loaded.tsx";
import { PageFrame } from "../../components/page-frame.tsx";
import { Time } from "../../time/zone.tsx";
import { isOpen, type JobStatus, jobStatuses, openJobMs, statusWords } from "./export-jobs.ts";
import { JobActions, JobContents, JobProgress } from "./job-cells.tsx";

/** Other clients create jobs, too. */
const idleMs = 5_000;

export function ExportsPage() {
  const [status, setStatus] = useState<JobStatus | null>(null);
  const query = usePages(
    ["export jobs", status],
    (token, signal) =>
      ses("ListExportJobs", { NextToken: token, PageSize: 25, JobStatus: status ?? undefined }, signal),
    (pages) => {
      const open = pages.some(({ ExportJobs = [] }) => ExportJobs.some(({ JobStatus }) => isOpen(JobStatus)));
      return open ? openJobMs : idleMs;
    },
  );
  return (
    <PageFrame
      title="Exports"
      about="Messages and metrics as files. A job sees all mail that was accepted before it was created."
      actions={<ButtonLink to="/exports/new">New export</ButtonLink>}
      wide
    >
      <Group>
        <Select
          label="Status"
          placeholder="All"
          clearable
          clearButtonProps={{ "aria-label": "Show all" }}
          value={status}
          data={jobStatuses.map((value) => ({ value, label: statusWords[value].word }))}
          onChange={(chosen) => setStatus(asStatus(chosen))}
        />
      </Group>
      <Loaded query={query} failed="The export jobs could not be read">
        {({ pages }) => {
          const jobs = pages.flatMap(({ ExportJobs = [] }) => ExportJobs);
          if (jobs.length === 0) return <NoJobs filtered={status !== null} />;
          return (
            <DataTable
              label="Export jobs"
              rows={jobs}
              rowKey={({ JobId = "" }) => JobId}
              columns={[
                { title: "What", cell: ({ JobId = "" }) => <JobContents jobId={JobId} /> },
                {
                  title: "Status",
                  cell: ({ JobId = "", JobStatus }) => <JobProgress jobId={JobId} listed={JobStatus} />,
                },
                { title: "Created", cell: ({ CreatedTimestamp = 0 }) => <Time at={CreatedTimestamp} /> },
                { title: "Actions", untitled: true, cell: ({ JobId = "" }) => <JobActions jobId={JobId} /> },
              ]}
            />
          );
        }}
      </Loaded>
      <MoreButton query={query} />
    </PageFrame>
  );
}

function NoJobs({ filtered }: { filtered: boolean }) {
  return (
    <EmptyState
      title={filtered ? "No export has this status" : "Nothing was exported yet"}
      description={
        filtered
          ? "Choose another status, or none."
          : "An export puts messages with what became of them, or metrics, into a CSV or JSON file."
      }
      icon={<IconDownload aria-hidden />}
    />
  );
}

function asStatus(text: string | null): JobStatus | null {
  return jobStatuses.find((status) => status === text) ?? null;
}

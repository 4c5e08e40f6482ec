/** The files of a source in S3: the progress of a backfill, and files that can't be read. */
import { Progress, Stack, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import type { MirrorFileTotals } from "../../../../src/admin-api/mirror.ts";
import { readFailedFiles } from "../../api/mirror.ts";
import { DataTable } from "../../components/data-table.tsx";
import { Loaded, MoreButton } from "../../components/loaded.tsx";
import { Part } from "../../components/part.tsx";
import { formatMinute } from "../../time/format.ts";
import { Time } from "../../time/zone.tsx";
import { mirrorKey } from "./sources.ts";

export function FilesPart({ id, files }: { id: string; files: MirrorFileTotals | undefined }) {
  if (!files) return null;
  const { found, read, failed, bytes, bytesRead } = files;
  const percent = bytes === 0 ? 0 : (100 * bytesRead) / bytes;
  return (
    <Part title="Files">
      {found === 0 ? (
        <Text size="sm">No files found yet.</Text>
      ) : (
        <Stack gap={6}>
          <Progress value={percent} aria-label="Bytes read" />
          <Text size="sm">
            {read.toLocaleString("en")} of {found.toLocaleString("en")} files read ({Math.floor(percent)} % of{" "}
            {megabytes(bytes)}), with {files.events.toLocaleString("en")} events.
            {files.eventsPerSecond > 0 && ` ${files.eventsPerSecond.toLocaleString("en")} events/s.`}
            {files.secondsLeft !== undefined && ` About ${duration(files.secondsLeft)} left.`}
          </Text>
        </Stack>
      )}
      {failed > 0 && <FailedFiles id={id} failed={failed} />}
    </Part>
  );
}

function FailedFiles({ id, failed }: { id: string; failed: number }) {
  const query = useInfiniteQuery({
    queryKey: [mirrorKey, "failed-files", id],
    queryFn: ({ pageParam, signal }) => readFailedFiles(id, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
  });
  return (
    <>
      <Text size="sm">
        {failed.toLocaleString("en")} {failed === 1 ? "file" : "files"} can't be read.
      </Text>
      <Loaded query={query} failed="The files could not be listed" rows={2}>
        {({ pages }) => (
          <DataTable
            label="Files that can't be read"
            rows={pages.flatMap(({ files }) => files)}
            rowKey={({ key }) => key}
            columns={[
              { title: "File", cell: ({ key }) => <Text size="sm">{key}</Text> },
              { title: "Reason", cell: ({ error }) => <Text size="sm">{error}</Text> },
              {
                title: "Next try",
                cell: ({ retryAt }) =>
                  retryAt === undefined ? "when it changes" : <Time at={retryAt} format={formatMinute} />,
              },
            ]}
          />
        )}
      </Loaded>
      <MoreButton query={query} />
    </>
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toLocaleString("en", { maximumFractionDigits: bytes < 1e7 ? 1 : 0 })} MB`;
}

function duration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3_600)} h`;
}

/** What an import could not take: the file of its failed records, and why it failed as a whole. */
import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { startDownload } from "../../components/download.ts";
import { messageOf } from "../../components/error-alert.tsx";
import { ErrorText } from "../../components/error-text.tsx";
import { endedJobQuery } from "./import-jobs.ts";

export function FailedRecordsButton({ jobId }: { jobId: string }) {
  const queryClient = useQueryClient();
  const downloading = useMutation({
    // A URL works for a while only: each download has its own.
    mutationFn: async () => {
      const { FailureInfo } = await queryClient.fetchQuery({ ...endedJobQuery(jobId), staleTime: 0 });
      const url = FailureInfo?.FailedRecordsS3Url;
      if (url === undefined) throw new Error("the file of the failed records is not there any more");
      return url;
    },
    onSuccess: startDownload,
    onError: (error) =>
      notifications.show({
        color: "red",
        title: "The failed records could not be downloaded",
        message: messageOf(error),
      }),
  });
  return (
    <Button size="xs" variant="default" loading={downloading.isPending} onClick={() => downloading.mutate()}>
      Failed records
    </Button>
  );
}

/** Why a job failed. */
export function FailureText({ jobId }: { jobId: string }) {
  const { data, error } = useQuery(endedJobQuery(jobId));
  return <ErrorText>{data?.FailureInfo?.ErrorMessage ?? (error ? messageOf(error) : "…")}</ErrorText>;
}

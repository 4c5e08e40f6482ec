/** The queries of the mirror's sources, and the words for their kinds. */
import { queryOptions, useQueryClient } from "@tanstack/react-query";
import type { MirrorSource } from "../../../../src/admin-api/mirror.ts";
import { readMirrorSource, readMirrorSources } from "../../api/mirror.ts";

export const mirrorKey = "mirror";

/** How often what a source has brought is read again, in milliseconds. */
const everyMs = 5_000;

export const sourcesQuery = queryOptions({
  queryKey: [mirrorKey, "sources"],
  queryFn: ({ signal }) => readMirrorSources(signal),
  refetchInterval: everyMs,
});

export const sourceQuery = (id: string) =>
  queryOptions({
    queryKey: [mirrorKey, "source", id],
    queryFn: ({ signal }) => readMirrorSource(id, signal),
    refetchInterval: everyMs,
  });

/** Reads all about the mirror again. */
export function useReadAnew(): () => void {
  const queryClient = useQueryClient();
  return () => void queryClient.invalidateQueries({ queryKey: [mirrorKey] });
}

interface KindWords {
  readonly name: string;
  readonly about: string;
}

/** In the order in which they are offered: the most robust first. */
export const kinds: Readonly<Record<MirrorSource["kind"], KindWords>> = {
  sqs: {
    name: "SQS queue",
    about: "Fetched from a queue. Needs no public address; events wait while Mailglass is down.",
  },
  sns: { name: "SNS topic", about: "Posted by SNS over HTTPS. SNS gives up after an hour." },
  firehose: { name: "Firehose stream", about: "Posted by a Firehose HTTP endpoint, in batches." },
  s3: { name: "Files in S3", about: "Read from the files of a Firehose stream, also those of past years." },
  eventbridge: { name: "EventBridge", about: "Posted by an EventBridge API destination." },
};

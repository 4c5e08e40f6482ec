/** How many messages an export would find, while its form is filled in. */
import { Paper, Skeleton, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, skipToken, useQuery } from "@tanstack/react-query";
import { countExport } from "../../api/admin.ts";
import { messageOf } from "../../components/error-alert.tsx";
import { ErrorText } from "../../components/error-text.tsx";
import { formatCount } from "../../time/format.ts";
import { type MessageForm, sourceOf } from "./message-source.ts";

/** So long after the last change it is counted. */
const pauseMs = 400;

export function ExportCount({ form }: { form: MessageForm }) {
  const [settled] = useDebouncedValue(form, pauseMs);
  const source = sourceOf(settled);
  const { data, error, isFetching } = useQuery({
    queryKey: ["export count", settled],
    queryFn: source ? ({ signal }) => countExport(source, signal) : skipToken,
    placeholderData: keepPreviousData,
  });
  return (
    <Paper withBorder p="md" role="status" mih="4rem" aria-busy={isFetching || settled !== form}>
      {source === undefined ? (
        <Text size="sm">Say from when to when: then the messages are counted.</Text>
      ) : error ? (
        <ErrorText>{messageOf(error)}</ErrorText>
      ) : data ? (
        <Counted {...data} />
      ) : (
        <Skeleton height={20} width="60%" />
      )}
    </Paper>
  );
}

function Counted({ count, limit, behind }: { count: number; limit?: number; behind?: true }) {
  const cut = limit !== undefined && count > limit;
  return (
    <>
      <Text fw={600}>
        {count === 1 ? "1 message" : `${formatCount(count)} messages`} {behind ? "so far" : ""}
      </Text>
      <Text size="sm" c="dimmed">
        {count === 0
          ? "Nothing matches: the file would be empty."
          : cut
            ? `The file will have ${formatCount(limit)} of them, a random sample. Ask for more rows, or a shorter time.`
            : "All of them will be in the file, each to one recipient."}
      </Text>
    </>
  );
}

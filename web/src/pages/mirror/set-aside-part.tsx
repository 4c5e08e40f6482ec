/** Records that could not be read: why, and reading them again. */
import { Button, Code, Group, Stack, Text } from "@mantine/core";
import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import type { MirrorSource } from "../../../../src/admin-api/mirror.ts";
import { deleteSetAside, readSetAside, replaySetAside } from "../../api/mirror.ts";
import { ConfirmButton } from "../../components/confirm-button.tsx";
import { ErrorAlert } from "../../components/error-alert.tsx";
import { Loaded, MoreButton } from "../../components/loaded.tsx";
import { Part } from "../../components/part.tsx";
import { formatMinute } from "../../time/format.ts";
import { Time } from "../../time/zone.tsx";
import { mirrorKey, useReadAnew } from "./sources.ts";

export function SetAsidePart({ source: { id, recordsSetAside, recordsDropped } }: { source: MirrorSource }) {
  if (recordsSetAside === 0 && recordsDropped === 0) return null;
  return (
    <Part title="Records put aside" action={<Actions id={id} />}>
      <Text size="sm">
        They could not be read, or belong to another account or topic. Read them again after an upgrade or a change of
        the source.
        {recordsDropped > 0 && ` ${recordsDropped.toLocaleString("en")} more were counted, but not kept.`}
      </Text>
      <Records id={id} />
    </Part>
  );
}

function Records({ id }: { id: string }) {
  const query = useInfiniteQuery({
    queryKey: [mirrorKey, "set-aside", id],
    queryFn: ({ pageParam, signal }) => readSetAside(id, pageParam, signal),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: ({ next }) => next,
  });
  return (
    <>
      <Loaded query={query} failed="The records could not be read" rows={2}>
        {({ pages }) => (
          <Stack gap="sm">
            {pages
              .flatMap(({ records }) => records)
              .map(({ id: record, reason, receivedAt, times, text, truncated }) => (
                <Stack key={record} gap={4}>
                  <Text size="sm">
                    {reason} (<Time at={receivedAt} format={formatMinute} />
                    {times > 1 && `, ${times.toLocaleString("en")} times`})
                  </Text>
                  <Code block>{truncated ? `${text}…` : text}</Code>
                </Stack>
              ))}
          </Stack>
        )}
      </Loaded>
      <MoreButton query={query} />
    </>
  );
}

function Actions({ id }: { id: string }) {
  const readAnew = useReadAnew();
  const replaying = useMutation({ mutationFn: () => replaySetAside(id), onSuccess: readAnew });
  return (
    <Stack gap="xs" align="flex-end">
      <Group gap="xs">
        <Button size="xs" variant="default" loading={replaying.isPending} onClick={() => replaying.mutate()}>
          Read again
        </Button>
        <ConfirmButton
          label="Delete all"
          question="Delete the records put aside?"
          confirm="Delete them"
          failed="The records were not deleted"
          run={() => deleteSetAside(id)}
          done={readAnew}
        >
          Events in them are lost.
        </ConfirmButton>
      </Group>
      {replaying.data && (
        <Text size="sm" role="status">
          {replaying.data.read} read, {replaying.data.left} left.
        </Text>
      )}
      {replaying.isError && <ErrorAlert title="The records were not read again" error={replaying.error} />}
    </Stack>
  );
}

/** What a query read, or what stands in its place: grey rows while it is read, the error where it could not be. */
import { Button, Center, Stack } from "@mantine/core";
import type { UseInfiniteQueryResult, UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ErrorAlert } from "./error-alert.tsx";
import { LoadingRows } from "./loading-rows.tsx";

type AnyQuery<Data> = UseQueryResult<Data> | UseInfiniteQueryResult<Data>;

/** `failed` is the error's title: "The templates could not be read". What was read before stays below an error. */
export function Loaded<Data>(parts: {
  query: AnyQuery<Data>;
  failed: string;
  rows?: number;
  children: (data: Data) => ReactNode;
}) {
  const { query, failed, rows = 5, children } = parts;
  const error = query.isError && <ErrorAlert title={failed} error={query.error} retry={() => void query.refetch()} />;
  if (query.data === undefined) return error || <LoadingRows rows={rows} />;
  return (
    <Stack>
      {error}
      {children(query.data)}
    </Stack>
  );
}

/** Reads the next page of a list; nothing where there is none. */
export function MoreButton({
  query,
}: {
  query: Pick<UseInfiniteQueryResult, "hasNextPage" | "isFetchingNextPage" | "fetchNextPage">;
}) {
  if (!query.hasNextPage) return null;
  return (
    <Center>
      <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
        Show more
      </Button>
    </Center>
  );
}

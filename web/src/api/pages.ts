/** Lists that the SES API hands out by pages, each with the token of the next. */
import { type QueryKey, useInfiniteQuery } from "@tanstack/react-query";

/**
 * Reads a list page by page; `fetchNextPage` reads on.
 * @param read one page, from its token on.
 * @param refetchMs how often it is read anew by itself.
 */
export function usePages<Page extends { NextToken?: string | undefined }>(
  queryKey: QueryKey,
  read: (token: string | undefined, signal: AbortSignal) => Promise<Page>,
  refetchMs?: (pages: readonly Page[]) => number | false,
) {
  return useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) => read(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ NextToken }) => NextToken,
    refetchInterval: ({ state }) => refetchMs?.(state.data?.pages ?? []) ?? false,
  });
}

/**
 * The rows of a search, read on as one scrolls. What is new is read beside them and waits until it is asked for, so that no
 * row moves below somebody's hand; what became of the rows shown is told at once.
 */
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef } from "react";
import type { MessageFilters, MessagePage, MessageRow } from "../../../../src/admin-api/message-search.ts";
import { countMessages, searchMessages } from "../../api/admin.ts";
import { useLiveQueries } from "../../api/live.tsx";
import { mergeNewest } from "./newest-rows.ts";

/** As many as the newest that are looked for: more are counted as "or more". */
const newestLimit = 200;
const pageLimit = 100;

/** Searches; the filters may be another object each time. */
export function useMessageSearch(filters: MessageFilters) {
  const client = useQueryClient();
  const queryKey = ["messages", "search", filters];
  const pages = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) => searchMessages({ ...filters, limit: pageLimit, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
    // What is new comes by way of the newest rows; to read all pages anew would cost as much as was scrolled.
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnReconnect: false,
  });
  const newest = useQuery({
    queryKey: ["messages", "newest", filters],
    queryFn: ({ signal }) => searchMessages({ ...filters, limit: newestLimit }, signal),
    enabled: pages.data !== undefined,
  });
  const count = useQuery({
    queryKey: ["messages", "count", filters],
    queryFn: ({ signal }) => countMessages(filters, signal),
  });
  useLiveQueries(["messages", "newest"]);
  useLiveQueries(["messages", "count"]);

  const read = useMemo(() => pages.data?.pages.flatMap(({ messages }) => messages), [pages.data]);
  const merged = useMemo(
    () => (read && newest.data ? mergeNewest(read, newest.data) : { rows: read, fresh: 0, more: false }),
    [read, newest.data],
  );
  const showNewest = () => {
    const { data: page } = newest;
    if (page) client.setQueryData(queryKey, { pages: [page], pageParams: [undefined] });
  };

  // Who comes to the page, or has nothing before the eyes, sees what is new at once.
  const seen = useRef<MessagePage | undefined>(undefined);
  useEffect(() => {
    if (!newest.data || newest.data === seen.current) return;
    const first = seen.current === undefined;
    seen.current = newest.data;
    if (merged.fresh > 0 && (read?.length === 0 || (first && window.scrollY < 8))) showNewest();
  });

  return {
    /** Undefined until the first page is there. */
    rows: merged.rows,
    /** How many are newer than the first row; `more`: or more than that. */
    fresh: merged.fresh,
    more: merged.more,
    showNewest,
    /** Undefined until it is known. */
    count: count.data?.count,
    behind: newest.data?.behind ?? count.data?.behind ?? false,
    pages,
  };
}

/** Names a row: a message may be to several recipients. */
export const rowKey = ({ messageId, recipient }: MessageRow) => `${messageId} ${recipient}`;

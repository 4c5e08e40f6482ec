/**
 * What happens on the server, as it happens: one stream of server-sent events for all parts of the page. The browser
 * connects anew by itself when the connection breaks; where it gives up, because the server refused, this tries again.
 */
import { type QueryKey, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { LiveEvent } from "../../../src/admin-api/live.ts";
import { scoped } from "./scope.ts";

/** `on`: events come as they happen. `connecting`: not yet, or not just now. */
export type LiveStatus = "connecting" | "on";

/** Hears an event; `gap` where some were missed and what is shown must be read anew. */
export type LiveListener = (event: LiveEvent | "gap") => void;

interface Live {
  readonly status: LiveStatus;
  /** Returns how to stop hearing. */
  listen(listener: LiveListener): () => void;
}

const retryMs = 10_000;
/** At most so often a query is read anew because of events. */
const readAnewMs = 2_000;

const LiveContext = createContext<Live>({ status: "connecting", listen: () => () => {} });

/** Opens the stream, as long as it is shown. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const [status, setStatus] = useState<LiveStatus>("connecting");
  const listeners = useRef(new Set<LiveListener>());

  useEffect(() => {
    const tell = (event: LiveEvent | "gap") => {
      for (const listener of listeners.current) listener(event);
    };
    let wasOn = false;
    let retry: number | undefined;
    let source = open();

    function open(): EventSource {
      const opened = new EventSource(scoped("/admin/live"));
      opened.addEventListener("ready", () => {
        setStatus("on");
        // What happened while there was no connection was not heard.
        if (wasOn) tell("gap");
        wasOn = true;
      });
      opened.addEventListener("gap", () => tell("gap"));
      opened.addEventListener("message", ({ data }) => tell(JSON.parse(data)));
      opened.addEventListener("error", () => {
        setStatus("connecting");
        if (opened.readyState === EventSource.CLOSED) {
          retry = window.setTimeout(() => {
            source = open();
          }, retryMs);
        }
      });
      return opened;
    }

    return () => {
      window.clearTimeout(retry);
      source.close();
    };
  }, []);

  const listen = useCallback((listener: LiveListener) => {
    listeners.current.add(listener);
    return () => {
      listeners.current.delete(listener);
    };
  }, []);
  const live = useMemo(() => ({ status, listen }), [status, listen]);
  return <LiveContext value={live}>{children}</LiveContext>;
}

/** Whether events come as they happen. */
export const useLiveStatus = (): LiveStatus => use(LiveContext).status;

/** Calls a listener for each event, as long as the component is shown. It may be another function each time. */
export function useLiveEvents(listener: LiveListener): void {
  const { listen } = use(LiveContext);
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  useEffect(() => listen((event) => latest.current(event)), [listen]);
}

/**
 * Reads the queries that begin with a key anew when something happened, at most once in two seconds.
 * @param concerns which events count; unset: all.
 */
export function useLiveQueries(queryKey: QueryKey, concerns: (event: LiveEvent) => boolean = () => true): void {
  const client = useQueryClient();
  const soon = useRef<number | undefined>(undefined);
  useEffect(() => () => window.clearTimeout(soon.current), []);
  useLiveEvents((event) => {
    if (event !== "gap" && !concerns(event)) return;
    soon.current ??= window.setTimeout(() => {
      soon.current = undefined;
      void client.invalidateQueries({ queryKey });
    }, readAnewMs);
  });
}

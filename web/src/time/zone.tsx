/** The time zone that times are shown in: the browser's, or UTC where the reader chose that. */
import { useLocalStorage } from "@mantine/hooks";
import { createContext, type ReactNode, use, useMemo } from "react";
import { formatSecond, type Instant, instantOf } from "./format.ts";

/** The zone, and how to change it. */
export interface ZoneChoice {
  /** An IANA name: `Europe/Berlin`, `UTC`. */
  readonly zone: string;
  readonly isUtc: boolean;
  /** The browser's own. */
  readonly localZone: string;
  showUtc(utc: boolean): void;
}

const localZone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
const ZoneContext = createContext<ZoneChoice>({ zone: localZone, isUtc: false, localZone, showUtc: () => {} });

/** Provides the zone to all below; the choice is kept in this browser. */
export function ZoneProvider({ children }: { children: ReactNode }) {
  const [stored, store] = useLocalStorage<"local" | "utc">({
    key: "mailglass-zone",
    defaultValue: "local",
    getInitialValueInEffect: false,
  });
  const choice = useMemo(() => {
    const isUtc = stored === "utc";
    return {
      zone: isUtc ? "UTC" : localZone,
      isUtc,
      localZone,
      showUtc: (utc: boolean) => store(utc ? "utc" : "local"),
    };
  }, [stored, store]);
  return <ZoneContext value={choice}>{children}</ZoneContext>;
}

/** The zone to show times in. */
export const useZone = (): ZoneChoice => use(ZoneContext);

/** A zone with its distance from UTC at an instant: `Europe/Berlin (GMT+1)`. */
export function zoneName(zone: string, at: Date): string {
  if (zone === "UTC") return "UTC";
  const parts = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "shortOffset" }).formatToParts(at);
  const offset = parts.find(({ type }) => type === "timeZoneName")?.value;
  return offset === undefined || offset === zone ? zone : `${zone} (${offset})`;
}

/** An instant in the zone chosen. `format` is one of `format.ts`'s; the title always tells seconds and zone. */
export function Time({ at, format = formatSecond }: { at: Instant; format?: (at: Instant, zone: string) => string }) {
  const { zone } = useZone();
  const date = instantOf(at);
  return (
    <time dateTime={date.toISOString()} title={`${formatSecond(at, zone)} ${zoneName(zone, date)}`}>
      {format(at, zone)}
    </time>
  );
}

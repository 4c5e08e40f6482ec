/** A clock for server processes that a test sets while they run: Debian's libfaketime, loaded into the process. */
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { arch } from "node:os";
import { join } from "node:path";

const triplets: Readonly<Record<string, string>> = { x64: "x86_64-linux-gnu", arm64: "aarch64-linux-gnu" };
const library = `/usr/lib/${triplets[arch()] ?? ""}/faketime/libfaketimeMT.so.1`;

/** Whether libfaketime is installed. */
export const hasFaketime = existsSync(library);

/** A clock, set by the number of seconds that it is ahead of this machine's. */
export interface SetClock {
  /** What a process needs in its environment to have this clock. Its monotonic clock stays as it is. */
  readonly environment: Readonly<Record<string, string>>;
  /** Takes effect in the processes within a second; `clockOf` tells. */
  set(secondsAhead: number): Promise<void>;
}

/** Makes a clock that is right, in a file of the folder. */
export async function makeSetClock(folder: string): Promise<SetClock> {
  const file = join(folder, "clock");
  const set = (seconds: number) => writeFile(file, `${seconds < 0 ? "-" : "+"}${Math.abs(seconds)}\n`);
  await set(0);
  return {
    environment: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      // Reading the file at each look at the clock would make the process ten times slower.
      FAKETIME_CACHE_DURATION: "1",
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
    },
    set,
  };
}

/** By how many seconds a server's clock is ahead of this machine's, as its answers say. */
export async function clockOf(url: string): Promise<number> {
  const { headers } = await fetch(`${url}/health`);
  return Math.round((Date.parse(headers.get("date") ?? "") - Date.now()) / 1000);
}

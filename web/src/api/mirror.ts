/** The admin API of the mirror's sources, for operators. All functions reject with an `ApiError`. */
import type {
  ChangedMirrorSource,
  MirrorFailedFilePage,
  MirrorReplay,
  MirrorSetAsidePage,
  MirrorSetup,
  MirrorSource,
  MirrorSourceList,
} from "../../../src/admin-api/mirror.ts";
import type {
  MirrorResourceKind,
  MirrorResourcePage,
  MirrorResources,
} from "../../../src/admin-api/mirror-resources.ts";
import type { MirrorTotals } from "../../../src/admin-api/mirror-totals.ts";
import { queryString } from "./query-string.ts";
import { request, requestJson } from "./request.ts";

const source = (id: string, what = "") => `/admin/mirror/${encodeURIComponent(id)}${what}`;

/** What a new source has; what is left out is as docs/mirror.md says. */
export interface NewMirrorSource {
  name: string;
  kind: MirrorSource["kind"];
  settings: object;
  accounts?: readonly string[] | undefined;
  region?: string | undefined;
}

/** All sources, by name. */
export function readMirrorSources(signal?: AbortSignal): Promise<MirrorSourceList> {
  return requestJson("GET", "/admin/mirror", { signal });
}

export function readMirrorSource(id: string, signal?: AbortSignal): Promise<MirrorSource> {
  return requestJson("GET", source(id), { signal });
}

/** The answer has the source's secret, which is shown only once. */
export function createMirrorSource(given: NewMirrorSource): Promise<ChangedMirrorSource> {
  return requestJson("POST", "/admin/mirror", { json: given });
}

export function changeMirrorSource(
  id: string,
  change: Partial<Pick<MirrorSource, "enabled" | "suppresses" | "silenceSeconds">> & {
    /** Settings that are left out stay. */
    settings?: { pull: { resources: boolean } };
  },
): Promise<ChangedMirrorSource> {
  return requestJson("PATCH", source(id), { json: change });
}

/** The secret before is refused from then on. */
export function rotateMirrorSecret(id: string): Promise<ChangedMirrorSource> {
  return requestJson("POST", source(id, "/rotate-secret"));
}

/** Deletes a source. Its events stay. */
export async function deleteMirrorSource(id: string): Promise<void> {
  await request("DELETE", source(id));
}

/** A page of the records that could not be read. */
export function readSetAside(id: string, after: number | undefined, signal?: AbortSignal): Promise<MirrorSetAsidePage> {
  return requestJson("GET", source(id, `/set-aside${queryString({ after, limit: 20 })}`), { signal });
}

/** Reads the records again: what can be read now is recorded and removed. */
export async function replaySetAside(id: string): Promise<{ read: number; left: number }> {
  let [read, left] = [0, 0];
  let after: number | undefined;
  do {
    const answer: MirrorReplay = await requestJson("POST", source(id, "/set-aside/replay"), { json: { after } });
    read += answer.read;
    left += answer.left;
    after = answer.next;
  } while (after !== undefined);
  return { read, left };
}

/** Deletes all records that could not be read. */
export async function deleteSetAside(id: string): Promise<void> {
  await request("DELETE", source(id, "/set-aside"));
}

/** A page of the files of a source in S3 that can't be read. */
export function readFailedFiles(
  id: string,
  after: string | undefined,
  signal?: AbortSignal,
): Promise<MirrorFailedFilePage> {
  return requestJson("GET", source(id, `/failed-files${queryString({ after, limit: 20 })}`), { signal });
}

/** Days in UTC, such as `2026-11-24`; `to` is the one after the last. */
export interface MirrorTotalsQuery {
  by: MirrorTotals["by"];
  from: string;
  to: string;
}

/** What SES counted beside what arrived, for the account and region chosen. This calls AWS. */
export function readMirrorTotals(id: string, query: MirrorTotalsQuery, signal?: AbortSignal): Promise<MirrorTotals> {
  return requestJson("GET", source(id, `/totals${queryString({ ...query })}`), { signal });
}

/** What a setup is for; `source` is the ID of one that says what is left out. */
export interface MirrorSetupQuery {
  kind?: MirrorSetup["kind"] | undefined;
  format: MirrorSetup["format"];
  sesAccount?: string | undefined;
  sesRegion?: string | undefined;
  configurationSet: string;
  source?: string | undefined;
}

/** What makes a transport on AWS, as a text; nothing is called there. */
export function readMirrorSetup(query: MirrorSetupQuery, signal?: AbortSignal): Promise<MirrorSetup> {
  return requestJson("GET", `/admin/mirror/setup${queryString({ ...query })}`, { signal });
}

/** How far the real account of a source is read, and what keeps mail from the mirror. */
export function readMirrorResources(id: string, signal?: AbortSignal): Promise<MirrorResources> {
  return requestJson("GET", source(id, "/resources"), { signal });
}

/** A page of what was read of a kind. */
export function readMirrorResourcePage(
  id: string,
  kind: MirrorResourceKind,
  after: string | undefined,
  signal?: AbortSignal,
): Promise<MirrorResourcePage> {
  return requestJson("GET", source(id, `/resources${queryString({ kind, after, limit: 20 })}`), { signal });
}

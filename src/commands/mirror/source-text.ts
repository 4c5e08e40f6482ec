/** Sources as terminals show them. */
import { textTable } from "../text-table.ts";
import type { FailedFilePage, SetAsideRecord, ShownSource } from "./answers.ts";

const longestRecord = 200;

/** A line for each source. */
export function sourceTable(sources: readonly ShownSource[]): string {
  if (sources.length === 0) return "There are no sources. `mailglass mirror add` creates one.";
  const rows = sources.map(({ name, kind, status, region, accounts, checklist, recordsSetAside }) => [
    ...[name, kind, status, region, accounts.join(",")],
    ...[checklist.eventAt === undefined ? "never" : minute(checklist.eventAt), String(recordsSetAside)],
  ]);
  return textTable([["NAME", "KIND", "STATUS", "REGION", "ACCOUNTS", "LAST EVENT", "SET ASIDE"], ...rows]);
}

/** A source, and how far it has come. */
export function sourceText(source: ShownSource): string {
  const { url, urlProblem, silenceSeconds, suppresses, messagesWaiting, lastError } = source;
  const facts = [
    ["ID", source.id],
    ["accounts", source.accounts.join(", ")],
    ["region", source.region],
    ...Object.entries(source.settings).map(([name, value]) => [name, settingText(value)]),
    ...(url === undefined ? [] : [["URL", url]]),
    ...(urlProblem === undefined ? [] : [["", urlProblem]]),
    ["suppresses", suppresses ? "yes" : "no"],
    ["silent after", silenceSeconds === null ? "never" : `${silenceSeconds} s`],
  ];
  const counts = [
    ...filesText(source),
    ...(messagesWaiting === undefined ? [] : [`${messagesWaiting} messages wait in the queue.`]),
    ...(source.recordsSetAside === 0
      ? []
      : [`${source.recordsSetAside} records are put aside: mailglass mirror set-aside ${source.name}`]),
    ...(source.recordsDropped === 0 ? [] : [`${source.recordsDropped} records were not kept: too many are put aside.`]),
    ...(lastError === undefined ? [] : [`Last error, ${minute(lastError.at)}: ${lastError.text}`]),
  ];
  const parts = [
    `${source.name}: ${source.kind}, ${source.status}`,
    indented(textTable(facts)),
    checklistText(source),
    counts.join("\n"),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

/** The steps in the order in which a new source comes to work. */
function checklistText({ kind, checklist }: ShownSource): string {
  const { confirmed, confirmedAt, validatedAt, receivedAt, eventAt, secondsSinceEvent } = checklist;
  const throughTopic = kind === "sns" || kind === "sqs";
  const steps: readonly (readonly [string, string | undefined])[] = [
    ...(confirmed === undefined ? [] : [["subscription confirmed", confirmedAt] as const]),
    ...(throughTopic ? [["validation message of SES received", validatedAt] as const] : []),
    ["message received", receivedAt],
    [secondsSinceEvent === undefined ? "event received" : `event received ${age(secondsSinceEvent)} ago`, eventAt],
  ];
  const lines = steps.map(([what, at]) => `[${at === undefined ? " " : "x"}] ${what}${at ? `, ${minute(at)}` : ""}`);
  const types = checklist.types.map(({ type, events, lastAt, configurationSets }) => [
    ...[`[x] ${type}`, String(events), minute(lastAt)],
    [...new Set(configurationSets.map(({ name }) => name ?? "(none)"))].join(", "),
  ]);
  const table = types.length === 0 ? [] : [textTable([["TYPE", "EVENTS", "LAST", "CONFIGURATION SETS"], ...types])];
  const never =
    checklist.typesNeverSeen.length === 0
      ? []
      : [`[ ] not sent by this source: ${checklist.typesNeverSeen.join(", ")}`];
  const hint =
    eventAt === undefined
      ? [
          "No events yet? Each call that sends must name the configuration set, or the identity must have it as its default.",
        ]
      : [];
  return [...lines, ...table, ...never, ...hint].join("\n");
}

/** The progress of a backfill. */
function filesText({ name, files }: ShownSource): string[] {
  if (!files) return [];
  const { found, read, failed, bytes, bytesRead, events, eventsPerSecond, secondsLeft } = files;
  const percent = bytes === 0 ? "" : ` (${Math.floor((100 * bytesRead) / bytes)} % of the bytes)`;
  const rate = eventsPerSecond === 0 ? "" : `, ${eventsPerSecond} events/s`;
  const left = secondsLeft === undefined ? "" : `, about ${age(secondsLeft)} left`;
  return [
    `${read} of ${found} files are read${percent}, with ${events} events${rate}${left}.`,
    ...(failed === 0 ? [] : [`${failed} files can't be read: mailglass mirror failed-files ${name}`]),
  ];
}

/** Files that can't be read. */
export function failedFilesText(files: FailedFilePage["files"]): string {
  if (files.length === 0) return "All files found so far can be read.";
  return files
    .map(({ key, error, retryAt }) => {
      const again = retryAt === undefined ? "" : ` It is tried again at ${minute(retryAt)}.`;
      return `${plain(key)}\n  ${plain(error)}${again}`;
    })
    .join("\n");
}

/** Records that could not be read. */
export function recordsText(records: readonly SetAsideRecord[]): string {
  if (records.length === 0) return "No records are put aside.";
  return records
    .map(({ id, reason, receivedAt, times, text }) => {
      const head = `${id}  ${minute(receivedAt)}  ${times === 1 ? "once" : `${times} times`}  ${plain(reason)}`;
      return `${head}\n  ${plain(text.slice(0, longestRecord))}${text.length > longestRecord ? "…" : ""}`;
    })
    .join("\n");
}

/** Anybody may have written a record: it must not control the terminal. */
export function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]+/gu, " ");
}

function settingText(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "any" : value.join(", ");
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "object" && value !== null) {
    return Object.entries(value)
      .map(([name, member]) => `${name} ${settingText(member)}`)
      .join(", ");
  }
  return String(value);
}

/** A time to the minute, in UTC. */
export function minute(time: string): string {
  return `${time.slice(0, 16)}Z`;
}

function age(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} d`;
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, "  ");
}

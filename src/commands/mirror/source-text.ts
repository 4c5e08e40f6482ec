/** Sources as terminals show them. */
import { textTable } from "../text-table.ts";
import type { SetAsideRecord, ShownSource } from "./answers.ts";

const longestRecord = 200;

/** A line for each source. */
export function sourceTable(sources: readonly ShownSource[]): string {
  if (sources.length === 0) return "There are no sources. `mailglass mirror add` makes one.";
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
    ...(confirmed === undefined ? [] : [["the subscription is confirmed", confirmedAt] as const]),
    ...(throughTopic ? [["SES may publish: its text came", validatedAt] as const] : []),
    ["something came", receivedAt],
    [secondsSinceEvent === undefined ? "an event came" : `an event came ${age(secondsSinceEvent)} ago`, eventAt],
  ];
  const lines = steps.map(([what, at]) => `[${at === undefined ? " " : "x"}] ${what}${at ? `, ${minute(at)}` : ""}`);
  const types = checklist.types.map(({ type, events, lastAt, configurationSets }) => [
    ...[`[x] ${type}`, String(events), minute(lastAt)],
    [...new Set(configurationSets.map(({ name }) => name ?? "(none)"))].join(", "),
  ]);
  const table = types.length === 0 ? [] : [textTable([["TYPE", "EVENTS", "LAST", "CONFIGURATION SETS"], ...types])];
  const never = checklist.typesNeverSeen.length === 0 ? [] : [`[ ] never seen: ${checklist.typesNeverSeen.join(", ")}`];
  const hint =
    eventAt === undefined
      ? ["If no events come although all is set up: each call that sends must name the configuration set."]
      : [];
  return [...lines, ...table, ...never, ...hint].join("\n");
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

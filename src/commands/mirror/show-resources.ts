/** Prints the resources of a source's real account. */
import { textTable } from "../text-table.ts";
import type { Resource, ResourceOverview } from "./answers.ts";
import type { MirrorCall } from "./command-line.ts";
import { MirrorCommandError, type RemoteMirror } from "./remote-mirror.ts";
import { minute, plain } from "./source-text.ts";

/** Prints an overview, a list of a kind, or SES's response for one resource. */
export async function showResources(
  { kind, resource, all, json }: Extract<MirrorCall, { name: "resources" }>,
  id: string,
  mirror: RemoteMirror,
): Promise<void> {
  if (kind === undefined) {
    const { value, text } = await mirror.resources(id);
    return console.log(json ? text : overviewText(value));
  }
  if (resource !== undefined) {
    const { value, text } = await mirror.resource(id, kind, resource);
    if (json) return console.log(text);
    if (value.details === undefined) throw new MirrorCommandError(value.error ?? "its details are not read yet");
    return console.log(JSON.stringify(value.details, undefined, 2));
  }
  let after: string | undefined;
  do {
    const { value, text } = await mirror.resourcePage(id, kind, after);
    // The end of a list may be a page without names.
    if (after === undefined || value.resources.length > 0) console.log(json ? text : resourcesText(value.resources));
    after = all ? value.next : undefined;
  } while (after !== undefined);
}

function overviewText({ pulled, kinds, problems }: ResourceOverview): string {
  const rows = kinds.map(({ kind, listedAt, total, waiting, failed }) => [
    ...[kind, String(total), String(waiting), String(failed)],
    listedAt === undefined ? "never" : minute(listedAt),
  ]);
  const errors = kinds.flatMap(({ kind, error }) =>
    error ? [`Last error of ${kind}, ${minute(error.at)}: ${plain(error.text)}`] : [],
  );
  return [
    ...(pulled ? [] : ["They are not read: `mailglass mirror set SOURCE --pull-resources` turns it on.\n"]),
    textTable([["KIND", "NUMBER", "NOT READ YET", "FAILED", "LISTED"], ...rows]),
    ...errors,
    ...problems.map(({ text, count, names }) => {
      const others = count > names.length ? `, and ${count - names.length} more` : "";
      return `\n${plain(text)}\n  ${names.map(plain).join(", ")}${others}`;
    }),
  ].join("\n");
}

function resourcesText(resources: readonly Resource[]): string {
  if (resources.length === 0) return "There are none.";
  return textTable(
    resources.map((one) => [plain(one.name), one.pulledAt ? minute(one.pulledAt) : "-", factsText(one)]),
  );
}

function factsText({ error, identity, configurationSet, template }: Resource): string {
  if (error !== undefined) return plain(error);
  if (identity) {
    const { verified, dkim, configurationSet: set } = identity;
    const facts = [verified ? "verified" : "not verified", `DKIM ${dkim ?? "-"}`, `default set ${set ?? "none"}`];
    return plain(facts.join(", "));
  }
  if (configurationSet) {
    const destinations = configurationSet.eventDestinations.map(
      ({ name, enabled, eventTypes, to }) =>
        `${name}${enabled ? "" : " (disabled)"}: ${eventTypes.length} types${to ? ` to ${to.arn}` : ""}`,
    );
    return plain(destinations.join("; ") || "no event destinations");
  }
  return plain(template?.subject ?? "");
}

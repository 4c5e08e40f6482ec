/** The public set of real bounces: what is labelled there must be found. It is no part of the repository. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { classifyMail } from "../../mail/bounce/returned-mail.ts";
import reasons from "../../mail/bounce/rules/reasons.json" with { type: "json" };
import { reportLine } from "./report-line.ts";

const folder = new URL("../../../../shared/bounces/", import.meta.url);
const hasSet = existsSync(folder);
if (!hasSet) console.log(`no bounces at ${folder.pathname}: the classification is not measured`);

interface Label {
  readonly reason: string;
  readonly hard: boolean;
  readonly dsn: string;
  readonly reply: string;
}

/** The group that a label asks for, by the set's own table. */
function expectedGroup({ reason, hard }: Label): string {
  if (reason === "feedback") return "complaint";
  if (reason === "vacation" || reason === "delivered") return "no bounce";
  // A host that takes no mail is a failure for good unless the label says that it may pass.
  if (reason === "notaccept" && !hard) return "Transient/General";
  const meaning = meanings[reason];
  return meaning === undefined ? "Transient/General" : `${meaning.bounceType}/${meaning.bounceSubType}`;
}

const meanings: Readonly<Record<string, { bounceType: string; bounceSubType: string } | undefined>> = reasons;

const read = (name: string) => classifyMail(readFileSync(new URL(name, folder)));
const distinct = (groups: readonly string[]) => [...new Set(groups)].sort().join(", ");

test.skipIf(!hasSet)("at least 95 % of the labelled mails have the right class and reason group", () => {
  const labels: Record<string, Label[]> = JSON.parse(readFileSync(new URL("labels.json", folder), "utf8"));
  const wrong: string[] = [];
  const counts = { status: [0, 0], reply: [0, 0] };
  const count = (of: "status" | "reply", wanted: string, got: string | null | undefined) => {
    // The set makes up statuses (X.0.9XX) for reasons that came without one.
    if (wanted === "" || /\.0\.9\d\d$/.test(wanted)) return;
    const pair = counts[of];
    pair[1] = (pair[1] ?? 0) + 1;
    if (wanted === got) pair[0] = (pair[0] ?? 0) + 1;
  };
  for (const [file, wanted] of Object.entries(labels)) {
    const line = reportLine(file, read(`eml/${file}`));
    const groups =
      line.kind === "bounce"
        ? line.recipients.map(
            (one) =>
              `${one.bounceType}/${one.bounceSubType?.replace(/^NoEmail$/, "General").replace(/^Attachment/, "Content")}`,
          )
        : [line.kind === "complaint" ? "complaint" : "no bounce"];
    const expected = distinct(wanted.map(expectedGroup));
    if (distinct(groups) !== expected) wrong.push(`${file}: ${expected}, found ${distinct(groups)}`);
    if (line.kind !== "bounce") continue;
    for (const [index, label] of wanted.entries()) {
      count("status", label.dsn, line.recipients[index]?.status);
      count("reply", label.reply, line.recipients[index]?.reply);
    }
  }
  const total = Object.keys(labels).length;
  const share = (total - wrong.length) / total;
  console.log(
    `${total - wrong.length} of ${total} labelled mails are right (${(share * 100).toFixed(1)} %); ` +
      `status ${counts.status.join(" of ")}, reply ${counts.reply.join(" of ")}\n${wrong.join("\n")}`,
  );
  expect(share).toBeGreaterThanOrEqual(0.95);
});

test.skipIf(!hasSet)("no mail that is none is taken for a bounce", () => {
  const names = readdirSync(new URL("not-bounce/", folder));
  expect(
    names
      .map((name) => [name, read(`not-bounce/${name}`).kind])
      .filter(([, kind]) => kind !== "none" && kind !== "auto-reply"),
  ).toEqual([]);
});

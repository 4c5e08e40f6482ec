/**
 * What the families of mail systems say and write, from their own references and sources: replies in
 * cases/replies.json, returned mails in cases/mails. A mail's first line tells what must be found: its kind, and of
 * each recipient the address, bounce type and subtype, reply and status; of a complaint its type and who complained.
 */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import families from "./cases/replies.json" with { type: "json" };
import { classifyReply } from "./reply.ts";
import { classifyMail, type ReturnedMail } from "./returned-mail.ts";

describe.each(families)("a reply of $server", ({ replies, host, command = "RCPT" }) => {
  const cases = Object.entries(replies).flatMap(([meaning, texts]) =>
    texts.map((text: string) => [text, meaning] as const),
  );
  it.each(cases)("%s: %s", (text, meaning) => {
    const found = classifyReply({ text, host, command });
    expect(`${found.bounceType}/${found.bounceSubType}`).toBe(meaning);
  });
});

const folder = new URL("cases/mails/", import.meta.url);

describe("a mail", () => {
  it.each(readdirSync(folder))("%s", (name) => {
    const [first = "", ...rest] = readFileSync(new URL(name, folder), "utf8").split("\n");
    const mail = classifyMail(Buffer.from(rest.join("\r\n")));
    expect(summaryOf(mail)).toBe(first.replace("X-Expected: ", ""));
  });
});

function summaryOf(mail: ReturnedMail): string {
  if (mail.kind === "complaint") return `complaint; ${mail.report.feedbackType} ${mail.report.recipients[0] ?? "-"}`;
  if (!("recipients" in mail)) return mail.kind;
  const recipients = mail.recipients.map(
    ({ address, bounceType, bounceSubType, reply, status }) =>
      `${address ?? "-"} ${bounceType}/${bounceSubType} ${reply ?? "-"} ${status ?? "-"}`,
  );
  return [mail.kind, ...recipients].join("; ");
}

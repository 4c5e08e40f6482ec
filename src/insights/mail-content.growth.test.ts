import { describe, it } from "vitest";
import { expectLinear, refusable } from "../../test/support/growth.ts";
import { hostileHeaders, hostileStructures } from "../../test/support/hostile-mails.ts";
import { mailContent, mailHtml, UnreadableMail } from "./mail-content.ts";

const read = refusable(async (mail: Buffer) => {
  await mailContent(mail);
  await mailHtml(mail, false);
}, UnreadableMail);

describe("a mail is shown in linear time", () => {
  it.each(Object.entries({ ...hostileStructures, ...hostileHeaders }))("%s", async (_, make) => {
    await expectLinear(make, read, { most: 1 << 18 });
  });
});

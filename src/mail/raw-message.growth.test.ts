import { describe, it } from "vitest";
import { expectLinear, refusable } from "../../test/support/growth.ts";
import { hostileHeaders, hostileStructures } from "../../test/support/hostile-mails.ts";
import { MailError } from "./mail-error.ts";
import { readRawMessage } from "./raw-message.ts";

const stamp = { messageId: "id@example.com", date: new Date(0) };

describe("a raw message is read and written in linear time", () => {
  it.each(Object.entries({ ...hostileStructures, ...hostileHeaders }))("%s", async (_, make) => {
    const read = (mail: Buffer) => readRawMessage(mail).write(stamp, "https://example.com/unsubscribe");
    await expectLinear(make, refusable(read, MailError), { most: 1 << 18 });
  });
});

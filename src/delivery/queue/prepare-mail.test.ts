import { Readable } from "node:stream";
import { expect, it } from "vitest";
import { noObjects } from "../../../test/support/no-objects.ts";
import { queuedMail } from "../../../test/support/queued-mail.ts";
import { createMailTracker } from "../../recipients/tracking/track-mail.ts";
import { createTrackingLinks } from "../../recipients/tracking/tracking-links.ts";
import { defaultScope } from "../../stores/postgres/database.ts";
import { createPreparer } from "./prepare-mail.ts";

const mime = Buffer.from(
  'MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<a href="https://shop.example/">shop</a>\r\n',
);

it("signs and tracks mail as the scope of the mail says", async () => {
  const links = createTrackingLinks(new Uint8Array(32), () => "https://mail.example");
  const asked: unknown[] = [];
  const prepare = createPreparer({
    sources: { of: () => undefined },
    objects: { ...noObjects, read: async () => Readable.from([mime]) },
    signingIdentity: async (scope, name) => {
      asked.push([scope, name]);
      return { dkim: undefined, mailFromDomain: `scope-${scope}.example` };
    },
    track: createMailTracker(links),
    signSmime: async (mime) => mime,
    returnPathSecret: new Uint8Array(32),
    returnPathDomain: "mail.example",
    clock: () => new Date(),
  });
  for (const scope of [defaultScope, 7]) {
    const { envelope } = queuedMail();
    const tracking = { opens: false, clicks: true, openBase: "https://o.example", clickBase: "https://c.example" };
    const location = { ...envelope.location, length: mime.length };
    const outgoing = await prepare(queuedMail({ scope, envelope: { ...envelope, location, tracking } }));
    expect(outgoing?.returnPath).toMatch(new RegExp(`@scope-${scope}\\.example$`));
    const text = Buffer.concat(outgoing?.message ?? []).toString();
    const [, token = ""] = /https:\/\/c\.example\/c\/([\w-]+)/.exec(text) ?? [];
    expect(links.read("click", token)).toMatchObject({ scope, link: "https://shop.example/" });
  }
  expect(asked).toEqual([
    [defaultScope, "sender.example"],
    [7, "sender.example"],
  ]);
});

import { describe, it } from "vitest";
import { expectLinear } from "../../../test/support/growth.ts";
import { hostileTags, htmlMail } from "../../../test/support/hostile-mails.ts";
import { trackMessage } from "./track-message.ts";

const links = {
  tracks: () => true,
  clickUrl: (url: string) => `https://t.example/${url.length}`,
  openUrl: () => "https://t.example/o",
};
const track = (mail: Buffer) => trackMessage(mail, { opens: true, clicks: true, links });

describe("tracking is added in linear time", () => {
  it.each(Object.entries(hostileTags))("HTML of %s", async (_, make) => {
    await expectLinear((size) => htmlMail(make(size)), track);
  });
});

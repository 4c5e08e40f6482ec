import { describe, it } from "vitest";
import { expectLinear } from "../../test/support/growth.ts";
import { hostileTags } from "../../test/support/hostile-mails.ts";
import { hasRemoteContent, withoutLinksAndFrames, withPictures } from "./html-preview.ts";
import { htmlText, textHtml } from "./html-text.ts";
import { VerificationHtmlError, verificationHtml } from "./verification-html.ts";

const ofVerifications = {
  ...hostileTags,
  "comments of CSS that stay open": (size: number) => `<p style="${"/* ".repeat(size / 3)}">`,
  "paragraphs that stay open": (size: number) => "<p>x".repeat(size / 4),
  "references of characters": (size: number) => "&amp;".repeat(size / 5),
};

describe("HTML is read in linear time", () => {
  it.each(Object.entries(hostileTags))("as text: %s", async (_, make) => {
    await expectLinear(make, (html) => textHtml(htmlText(html)));
  });

  it.each(Object.entries(hostileTags))("for the preview: %s", async (_, make) => {
    const picture = { contentId: "x", mediaType: "image/png", content: Buffer.from("x") };
    await expectLinear(make, (html) => {
      hasRemoteContent(html);
      withPictures(withoutLinksAndFrames(html), [picture]);
    });
  });

  it.each(Object.entries(ofVerifications))("for a verification mail: %s", async (_, make) => {
    await expectLinear(make, (html) => {
      try {
        verificationHtml(html, "");
      } catch (error) {
        if (!(error instanceof VerificationHtmlError)) throw error;
      }
    });
  });
});

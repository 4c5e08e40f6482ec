/**
 * Tracking a newsletter of 20 KB with 36 links for each recipient, compared with an HTML tree: parsing, replacing the
 * same links and serializing, without the MIME work. They alternate on one thread.
 */
import { DomUtils, parseDocument } from "htmlparser2";
import PostalMime from "postal-mime";
import { createMessageId } from "../src/events/message-id.ts";
import { parseAddress } from "../src/mail/address.ts";
import { composeMessage } from "../src/mail/compose.ts";
import { createMailTracker } from "../src/recipients/tracking/track-mail.ts";
import { createTrackingLinks } from "../src/recipients/tracking/tracking-links.ts";
import { defaultScope } from "../src/stores/postgres/database.ts";
import { type Figure, figureOf, median } from "./figure.ts";

export const name = "track";
export const description = "Newsletters a second with links and pixel of their recipient, beside a DOM of their HTML.";

const stories = 36;
const rounds = 9;
const mailsPerRound = 1_000;

const base = "https://mail.example.com";
const links = createTrackingLinks(new Uint8Array(32), () => base);
const track = createMailTracker(links);
const tracking = { opens: true, clicks: true, openBase: base, clickBase: base };
const messageId = createMessageId(new Date());

/** Throws if a link was not tracked. */
export async function* run(): AsyncGenerator<Figure> {
  for (const [encoding, dash] of [
    ["7bit", "-"],
    ["quoted-printable", "–"],
  ] as const) {
    const html = newsletter(dash);
    const mime = message(html);
    await verify(mime, encoding);
    const measured = { ours: [] as number[], reference: [] as number[] };
    const ours = (recipient: string) => track(mime, tracking, { scope: defaultScope, messageId, recipient }).length;
    const reference = (recipient: string) => byTree(html, recipient).length;
    rate(ours);
    rate(reference);
    for (let round = 0; round < rounds; round++) {
      measured.ours.push(rate(ours));
      measured.reference.push(rate(reference));
    }
    yield figureOf({
      bench: name,
      figure: `20 KB of HTML, ${stories} links, in ${encoding}; the HTML alone as a DOM`,
      ours: median(measured.ours),
      reference: median(measured.reference),
      unit: "mails/s",
    });
  }
}

function rate(work: (recipient: string) => number): number {
  const begun = performance.now();
  for (let n = 0; n < mailsPerRound; n++) work(`someone-${n}@example.org`);
  return (mailsPerRound * 1000) / (performance.now() - begun);
}

function byTree(html: string, recipient: string): string {
  const { clickUrl, openUrl } = links.of({ scope: defaultScope, messageId, recipient }, tracking);
  const tree = parseDocument(html);
  for (const anchor of DomUtils.getElementsByTagName("a", tree)) {
    anchor.attribs.href = clickUrl(anchor.attribs.href ?? "", undefined) ?? "";
  }
  const [body] = DomUtils.getElementsByTagName("body", tree);
  const [pixel] = parseDocument(`<img src="${openUrl()}" alt="" width="1" height="1">`).children;
  if (body && pixel) DomUtils.appendChild(body, pixel);
  return DomUtils.getOuterHTML(tree);
}

async function verify(mime: Buffer, encoding: string): Promise<void> {
  if (!mime.includes(`Content-Transfer-Encoding: ${encoding}`)) throw new Error(`the mail is not in ${encoding}`);
  const { html = "" } = await PostalMime.parse(
    track(mime, tracking, { scope: defaultScope, messageId, recipient: "a@example.org" }),
  );
  const tracked = html.match(/<a href="https:\/\/mail\.example\.com\/c\/[\w-]+"/g)?.length;
  if (tracked !== stories || !html.includes(`<img src="${base}/o/`)) throw new Error(`${tracked} links are tracked`);
}

function message(html: string): Buffer {
  const [from, to] = [parseAddress("news@example.com"), parseAddress("someone@example.org")];
  const subject = { data: "News" };
  const rest = { cc: [], replyTo: [], headers: [], attachments: [] };
  return composeMessage({ ...rest, from, to: [to], subject, text: { data: "In short" }, html: { data: html } }).write({
    messageId: "id@example.com",
    date: new Date(),
  });
}

function newsletter(dash: string): string {
  const story = (n: number) => `<tr><td style="padding:12px 24px;font-family:Arial,sans-serif;font-size:14px">
<h2>Story ${n}</h2><p>Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore
et dolore magna aliqua ${dash} ut enim ad minim veniam, quis nostrud exercitation ullamco laboris nisi ut aliquip.</p>
<a href="https://www.example.com/stories/${n}?utm_source=newsletter&amp;utm_medium=email&amp;utm_campaign=november"
 style="color:#0a58ca">Read more</a></td></tr>`;
  return `<!doctype html><html><body><table>${Array.from({ length: stories }, (_, n) => story(n)).join("\n")}</table></body></html>`;
}

/** What mail of a contact list tells of unsubscribing: the header's fields (RFC 2369, RFC 8058) and links in the text. */

/** What SES replaces in texts by the link to the page where the recipient chooses. */
export const unsubscribePlaceholder = "{{amazonSESUnsubscribeUrl}}";

/** SES replaces the first two in each text, and leaves the rest. */
const replacedPlaceholders = 2;

/**
 * Both fields, each ended by CRLF. There is no `mailto:` beside the URL, as SES has it: nobody here reads such mail. The
 * line is not folded, since a URL has no place for it.
 */
export function unsubscribeFields(url: string): string {
  return `List-Unsubscribe: <${url}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n`;
}

/** Whether a header is one of both, which SES overrides in mail of a list. */
export function isUnsubscribeField(name: string): boolean {
  return /^list-unsubscribe(?:-post)?$/i.test(name);
}

/** The text with its first two placeholders replaced. */
export function withUnsubscribeLinks(text: string, url: string): string {
  let filled = "";
  let at = 0;
  for (let count = 0; count < replacedPlaceholders; count++) {
    const next = text.indexOf(unsubscribePlaceholder, at);
    if (next < 0) break;
    filled += text.slice(at, next) + url;
    at = next + unsubscribePlaceholder.length;
  }
  return at === 0 ? text : filled + text.slice(at);
}

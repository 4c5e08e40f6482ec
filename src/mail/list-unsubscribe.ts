/** Unsubscribe information in mail to a contact list: header fields (RFC 2369, RFC 8058) and links in the text. */

/** SES replaces this in texts with the link to the recipient's subscription page. */
export const unsubscribePlaceholder = "{{amazonSESUnsubscribeUrl}}";

/** SES replaces the first two in each text, and leaves the others. */
const replacedPlaceholders = 2;

/**
 * Both fields, each ended by CRLF. Unlike SES's, they contain no `mailto:` URL, since this server doesn't process such
 * mail. The line is not folded, since a URL can't contain white space.
 */
export function unsubscribeFields(url: string): string {
  return `List-Unsubscribe: <${url}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n`;
}

/** Whether a header is one of the two fields, which SES overrides in mail to a list. */
export function isUnsubscribeField(name: string): boolean {
  return /^list-unsubscribe(?:-post)?$/i.test(name);
}

/** Replaces the first two placeholders of a text. */
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

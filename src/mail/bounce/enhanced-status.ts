/** Finds enhanced status codes (RFC 3463) and SMTP reply codes (RFC 5321, 4.2) in texts of servers. */

const statusPattern = /(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)/g;

/** The most specific status in a text: the first that isn't `X.0.0`, or else the first; undefined if there is none. */
export function findStatus(text: string): string | undefined {
  let vague: string | undefined;
  for (const match of text.slice(0, 8192).matchAll(statusPattern)) {
    if (!isVague(match[0])) return match[0];
    vague ??= match[0];
  }
  return vague;
}

/** The status in a text that quotes a reply: preferably the server's, after the reply code, not the mailer's. */
export function statusSaid(text: string): string | undefined {
  const code = findReply(text);
  const quoted = code === undefined ? undefined : findStatus(text.slice(text.indexOf(code)));
  return quoted !== undefined && !isVague(quoted) ? quoted : (findStatus(text) ?? quoted);
}

/** Whether a status conveys only its class: `5.0.0`. */
export function isVague(status: string): boolean {
  return /^\d\.0\.0$/.test(status);
}

/**
 * The code of the SMTP reply that a text quotes: at its start, after a colon, quote, bracket or `#`, or after the arrow
 * of a transcript. Numbers elsewhere (addresses, sizes, IDs) are not reply codes.
 */
export function findReply(text: string): string | undefined {
  const match =
    /(?:^|\n[ \t>*"#]{0,12}|[:;"'([<>] {0,3}|(?:\b|_)(?:said|returned|error|response|status|code|responsecode|reason|was|with|timeout)\b[: ]{1,3}|<(?:--|<<) {0,2})([245][0-5]\d)(?=[-\s,:)]|$)(?! (?:days?|hours?|seconds?|minutes?)\b)/i.exec(
      text.slice(0, 8192),
    );
  return match?.[1];
}

/** The unsubscribe links of a mail, as Mailpit shows them (RFC 2369, 3.2; RFC 8058). */

export interface ListUnsubscribe {
  Header: string;
  Links: string[];
  /** Empty if the header is as it should be. */
  Errors: string;
  HeaderPost: string;
}

/** Longer headers are not parsed. */
const longest = 16_384;

/** @param header the value of List-Unsubscribe, `post` that of List-Unsubscribe-Post; empty if absent */
export function listUnsubscribe(header: string, post: string): ListUnsubscribe {
  if (header === "") return { Header: "", Links: [], Errors: "", HeaderPost: "" };
  const { links, errors } = header.length > longest ? { links: [], errors: ["it is too long"] } : parse(header);
  return { Header: header, Links: links, Errors: errors.join(", "), HeaderPost: post };
}

function parse(header: string): { links: string[]; errors: string[] } {
  const value = header.replaceAll(/\([^()]*\)/g, "").trim();
  const quoted = JSON.stringify(value);
  const parts = value.split(",").map((part) => part.trim());
  if (!parts.every((part) => /^<[^<>]*>$/.test(part))) {
    return { links: [], errors: [`${quoted} should be links in <>, separated by commas`] };
  }
  const targets = parts.map((part) => part.slice(1, -1));
  const links = targets.filter((target) => /^(?:mailto:|https?:\/\/)[^\s]+$/i.test(target));
  const errors = targets
    .filter((target) => !links.includes(target))
    .map((target) => `${JSON.stringify(target)} should be a link that starts with http(s):// or mailto:`);
  const mailtos = links.filter((link) => /^mailto:/i.test(link)).length;
  if (mailtos > 1 || links.length - mailtos > 1) {
    errors.push(`${quoted} should include a maximum of one email and one HTTP link`);
  }
  return { links, errors };
}

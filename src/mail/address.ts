/**
 * Parses addresses as SES does: `a@b.c`, `Name <a@b.c>`, quoted names, comments, encoded words.
 * SES uses JavaMail's strict parser, so the error texts are JavaMail's. Differences from SES: Unicode domains can be
 * converted to Punycode (SES leaves this to the client); `a@b@c.d`, which JavaMail accepts as it is, becomes
 * `"a@b"@c.d`, which RFC 5321 allows; and domain literals (`[192.0.2.1]`) are rejected, so that a client can't choose the
 * IP address this server connects to.
 */
import { domainToASCII } from "node:url";
import { decodeWords } from "./encoded-words.ts";
import { MailError } from "./mail-error.ts";

export interface Address {
  /** Decoded, without control characters; undefined if absent. */
  readonly displayName: string | undefined;
  /** `localPart@domain` in ASCII; the domain in Punycode, its case preserved. */
  readonly address: string;
  /** Case is preserved, since it may matter to the recipient's server (RFC 5321, 2.4). */
  readonly localPart: string;
  /** In Punycode, lower case. */
  readonly domain: string;
}

/** How addresses are parsed. */
export interface AddressRules {
  /** Whether a domain that is not ASCII is refused, as SES does, or converted to Punycode. */
  readonly unicodeDomains: "refuse" | "convert";
}

const lenient: AddressRules = { unicodeDomains: "convert" };

/** The key that identifies a mailbox in lists and envelopes: the domain in lower case, the local part unchanged. */
export function mailboxOf({ localPart, domain }: Address): string {
  return `${localPart}@${domain}`;
}

/** SES's limit for an address with its display name, in characters; taken from its error text. */
const maxLength = 320;
/** A longer text is not even parsed. */
const maxParsed = 8192;
/** RFC 5321, 4.5.3.1.1 and 4.5.3.1.2; RFC 1035, 2.3.4. In octets. */
const maxLocalPart = 64;
const maxDomain = 255;
const maxLabel = 63;

const plainAddress =
  /^([A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*)@([A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*)$/;
/** `@` and a domain, repeated: what stands between the first and the last `@` of an address. */
const innerDomains = /^(?:@[A-Za-z0-9.-]+)+$/;
const localSpecials = '()<>,;:\\"[]';

/**
 * Parses one mailbox.
 * @param rules by default, Unicode domains are converted.
 * @throws MailError with SES's text if the address is malformed or too long.
 */
export function parseAddress(text: string, rules = lenient): Address {
  const plain = text.length <= maxDomain ? plainAddress.exec(text) : null;
  if (plain?.[1] !== undefined && plain[2] !== undefined && plain[1].length <= maxLocalPart) {
    return { displayName: undefined, address: text, localPart: plain[1], domain: plain[2].toLowerCase() };
  }
  if (text.length > maxParsed) throw tooLong(`${text.slice(0, maxLength)}...`);
  const mailbox = readMailbox(text);
  if (text.trim().length > maxLength) throw tooLong(text.trim());
  return { displayName: displayName(mailbox.phrase), ...checkAddrSpec(mailbox.addrSpec, text, rules) };
}

function tooLong(text: string): MailError {
  return new MailError(`Address length is more than ${maxLength} characters long: '${text}'.`);
}

/**
 * Parses the value of an unfolded address header (RFC 5322, 3.4): comma-separated mailboxes. Groups are replaced by
 * their members.
 * @throws MailError for the first malformed mailbox.
 */
export function parseAddressList(value: string, rules = lenient): Address[] {
  return splitAddressList(value).map((mailbox) => parseAddress(mailbox, rules));
}

/** Splits at the commas and semicolons between mailboxes, and drops group names. */
function splitAddressList(value: string): string[] {
  const mailboxes: string[] = [];
  let start = 0;
  let quoted = false;
  let angled = false;
  let comments = 0;
  const end = (at: number) => {
    const mailbox = value.slice(start, at).trim();
    if (mailbox !== "") mailboxes.push(mailbox);
    start = at + 1;
  };
  for (let i = 0; i < value.length; i++) {
    const c = value[i];
    if (c === "\\" && (quoted || comments > 0)) i++;
    else if (quoted) quoted = c !== '"';
    else if (c === "(") comments++;
    else if (comments > 0) comments -= c === ")" ? 1 : 0;
    else if (c === '"') quoted = true;
    else if (c === "<") angled = true;
    else if (c === ">") angled = false;
    else if (angled) continue;
    else if (c === "," || c === ";") end(i);
    else if (c === ":") start = i + 1;
  }
  end(value.length);
  return mailboxes;
}

/** Splits a mailbox into the address in angle brackets and the phrase before it. Removes comments. */
function readMailbox(text: string): { phrase: string; addrSpec: string } {
  // Lists of characters: strings that grow by one character at a time need much more memory.
  const outside: string[] = [];
  let inside: string[] | undefined;
  let angled = false;
  let quoted = false;
  let comments = 0;
  const comment: string[] = [];
  for (let i = 0; i < text.length; i++) {
    let c = text.charAt(i);
    if (c === "\\" && (quoted || comments > 0) && i + 1 < text.length) {
      c += text.charAt(++i);
    } else if (comments > 0) {
      if (c === "(") comments++;
      else if (c === ")" && --comments === 0) continue;
    } else if (c === '"') {
      quoted = !quoted;
    } else if (!quoted) {
      if (c === "(") {
        comments = 1;
        continue;
      }
      if (c === "<") {
        if (inside !== undefined) throw new MailError("Extra route-addr");
        angled = true;
        inside = [];
        continue;
      }
      if (c === ">" && angled) {
        angled = false;
        continue;
      }
      if ((c === "," || c === ";") && !angled) throw new MailError("Illegal address");
    }
    if (comments > 0) comment.push(c);
    else if (angled) inside?.push(c);
    else outside.push(c);
  }
  if (quoted) throw new MailError("Missing '\"'");
  if (comments > 0) throw new MailError("Missing ')'");
  if (angled) throw new MailError("Missing '>'");
  // `a@b.c (Name)` is the older form of a display name (RFC 5322, 3.4, note).
  if (inside === undefined) return { phrase: comment.join(""), addrSpec: outside.join("").trim() };
  return { phrase: outside.join(""), addrSpec: inside.join("").trim() };
}

function displayName(phrase: string): string | undefined {
  const unquoted = phrase.replace(/\\(.)|"/gs, "$1");
  const decoded = unquoted.includes("=?") ? decodeWords(unquoted) : unquoted;
  // A line break would end the header field and start another.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  const name = decoded.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ").trim();
  return name === "" ? undefined : name.toWellFormed();
}

function checkAddrSpec(addrSpec: string, whole: string, rules: AddressRules): Omit<Address, "displayName"> {
  if (addrSpec === "") throw new MailError("Illegal address");
  const first = endOfLocalPart(addrSpec, whole);
  const last = addrSpec.lastIndexOf("@");
  const inner = addrSpec.slice(first, last);
  // JavaMail does not look for another `@` in the domain.
  const at = first > 0 && !addrSpec.startsWith('"') && innerDomains.test(inner) ? last : first;
  const localPart = at > first ? `"${addrSpec.slice(0, at)}"` : addrSpec.slice(0, at);
  if (localPart === "") throw new MailError("Missing local name");
  if (localPart.length > maxLocalPart) throw new MailError(`Local address is longer than ${maxLocalPart} characters`);
  const domain = checkDomain(addrSpec.slice(at + 1), rules);
  return { address: `${localPart}@${domain}`, localPart, domain: domain.toLowerCase() };
}

/** Index of the `@` after the local part. */
function endOfLocalPart(addrSpec: string, whole: string): number {
  let quoted = false;
  for (let i = 0; i < addrSpec.length; i++) {
    const c = addrSpec.charAt(i);
    if (quoted) {
      // RFC 5321, 4.1.2: quoted text is printable ASCII. SMTPUTF8 is not supported, as in SES.
      if (c < " " || c > "~") throw new MailError(`Invalid email address ${JSON.stringify(whole)}.`);
      if (c === "\\") i++;
      else if (c === '"') {
        quoted = false;
        if (i + 1 === addrSpec.length) throw new MailError("Missing final '@domain'");
        if (addrSpec.charAt(i + 1) !== "@") throw new MailError("Quote not at end of local address");
      }
    } else if (c === '"') {
      if (i > 0) throw new MailError("Quote not at start of local address");
      quoted = true;
    } else if (c === "@") {
      if (addrSpec.charAt(i - 1) === ".") throw new MailError("Local address ends with dot");
      return i;
    } else if (c <= " " || c > "~") {
      throw new MailError("Local address contains control or whitespace");
    } else if (localSpecials.includes(c)) {
      throw new MailError("Local address contains illegal character");
    } else if (c === ".") {
      if (i === 0) throw new MailError("Local address starts with dot");
      if (addrSpec.charAt(i - 1) === ".") throw new MailError("Local address contains dot-dot");
    }
  }
  throw new MailError("Missing final '@domain'");
}

/** Returns the domain in ASCII, its case preserved. */
function checkDomain(domain: string, { unicodeDomains }: AddressRules): string {
  if (domain === "") throw new MailError("Missing domain");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u0020\u007f-\u00a0]|\s/.test(domain)) throw new MailError("Domain contains control or whitespace");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the whole of ASCII
  if (unicodeDomains === "refuse" && /[^\u0000-\u007f]/.test(domain)) {
    throw new MailError("Domain contains control or whitespace");
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the whole of ASCII
  if (!/^(?:[A-Za-z0-9.-]|[^\u0000-\u007f])+$/.test(domain)) throw new MailError("Domain contains illegal character");
  if (domain.startsWith(".")) throw new MailError("Domain starts with dot");
  if (domain.endsWith(".")) throw new MailError("Domain ends with dot");
  if (domain.includes("..")) throw new MailError("Domain contains dot-dot");
  const ascii = /^[A-Za-z0-9.-]+$/.test(domain) ? domain : domainToASCII(domain);
  // The result is empty if the name is invalid under UTS 46, and ends with a number if it was read as an IPv4 address.
  if (ascii === "" || (ascii !== domain && /(?:^|\.)\d+$/.test(ascii))) {
    throw new MailError("Domain contains illegal character");
  }
  if (ascii.length > maxDomain) throw new MailError(`Domain is longer than ${maxDomain} characters`);
  if (ascii.split(".").some((label) => label.length > maxLabel)) {
    throw new MailError(`Domain has a label longer than ${maxLabel} characters`);
  }
  return ascii;
}

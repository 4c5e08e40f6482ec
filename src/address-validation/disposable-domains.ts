/**
 * Domains of disposable mailboxes: the list of the npm package disposable-email-domains-js, which is the community's
 * github.com/disposable-email-domains, and the operator's file. Both are loaded when they are first needed.
 */
import { readFile, stat } from "node:fs/promises";
import type { Verdict } from "./verdict.ts";

/** Evaluates domains. */
export interface DisposableDomains {
  /**
   * IsDisposable: HIGH if the domain or a parent domain is on the list, else LOW. `domain` is in ASCII and lower case.
   * Undefined if the operator's file can't be read.
   */
  isDisposable(domain: string): Promise<Verdict | undefined>;
}

/** How often the operator's file is checked for changes, in milliseconds. */
const recheckMs = 10_000;
/** A larger file is refused. */
const maxFileBytes = 16 << 20;

interface OwnDomains {
  readonly disposable: ReadonlySet<string>;
  readonly exceptions: ReadonlySet<string>;
}

const none: OwnDomains = { disposable: new Set(), exceptions: new Set() };

/** `file` has a domain per line; with `!`, it is not disposable. `#` begins a comment. Undefined for no file. */
export function createDisposableDomains(services: {
  file: string | undefined;
  /** A clock that is never set. */
  clock: () => Date;
  log: { warn(details: object, text: string): void };
}): DisposableDomains {
  const { file, clock, log } = services;
  let known: Promise<ReadonlySet<string>> | undefined;
  let own: Promise<OwnDomains | undefined> | undefined;
  let version = "";
  let checkedAt = 0;

  async function read(path: string, earlier: Promise<OwnDomains | undefined> | undefined) {
    try {
      const { mtimeMs, size, ino } = await stat(path);
      const found = `${mtimeMs} ${size} ${ino}`;
      if (earlier && found === version) return earlier;
      if (size > maxFileBytes) throw new Error(`the file is larger than ${maxFileBytes} bytes`);
      const parsed = parseDomains(await readFile(path, "utf8"));
      version = found;
      return parsed;
    } catch (error) {
      version = "";
      log.warn({ err: error, file: path }, "MAILGLASS_DISPOSABLE_DOMAINS_FILE can't be read: IsDisposable is left out");
      return undefined;
    }
  }

  function current(): Promise<OwnDomains | undefined> {
    if (file === undefined) return Promise.resolve(none);
    const now = clock().getTime();
    if (!own || now - checkedAt >= recheckMs) {
      checkedAt = now;
      own = read(file, own);
    }
    return own;
  }

  return {
    async isDisposable(domain) {
      known ??= loadPublicList();
      const [list, added] = await Promise.all([known, current()]);
      if (!added) return undefined;
      // The nearest of the domain and its parents decides.
      for (let name = domain; name.includes("."); name = name.slice(name.indexOf(".") + 1)) {
        if (added.exceptions.has(name)) return "LOW";
        if (added.disposable.has(name) || list.has(name)) return "HIGH";
      }
      return "LOW";
    },
  };
}

async function loadPublicList(): Promise<ReadonlySet<string>> {
  const { disposableEmailBlocklistSet } = await import("disposable-email-domains-js");
  return disposableEmailBlocklistSet();
}

function parseDomains(text: string): OwnDomains {
  const disposable = new Set<string>();
  const exceptions = new Set<string>();
  for (const line of text.split("\n")) {
    const name = line.replace(/#.*/, "").trim().toLowerCase();
    if (name.startsWith("!")) exceptions.add(name.slice(1).trim());
    else if (name !== "") disposable.add(name);
  }
  return { disposable, exceptions };
}

/** What the intakes of pushed events have in common: a sender makes a request to a source, and is answered. */
import type { MirrorSource } from "./mirror-source.ts";
import type { PushKind, SettingsOf } from "./source-settings.ts";

/** A request without its body. */
export interface PushHead {
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The parameter `token` of the URL. */
  readonly token: string | undefined;
  /** Of the client. */
  readonly address: string;
}

export interface PushAnswer {
  readonly status: 200 | 400 | 401 | 403 | 429 | 503;
  /** A sentence for people. */
  readonly text: string;
  /** Whether the operator should see the text at the source. */
  readonly isNoted?: boolean;
  /** Whether it counts as a failed attempt of the client to prove itself. */
  readonly isFailedAttempt?: boolean;
  /** The value of WWW-Authenticate. */
  readonly challenge?: string;
  /** The ID that Firehose gave the request. */
  readonly requestId?: string | undefined;
}

export interface Intake<Kind extends PushKind> {
  /** The longest body, in bytes; of one that is compressed, both before and after. */
  readonly longestBody: number;
  /** Whether bodies may be compressed with gzip. */
  readonly takesGzip: boolean;
  /** Checks a request before its body is read; undefined if it may be. */
  admit(source: MirrorSource<SettingsOf<Kind>>, head: PushHead): PushAnswer | undefined;
  /** Takes the events in a body. Rejects if they could not be recorded. */
  take(source: MirrorSource<SettingsOf<Kind>>, head: PushHead, body: Buffer): Promise<PushAnswer>;
}

/** The value of a header that may be given once; undefined without it. */
export function headerOf({ headers }: Pick<PushHead, "headers">, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" ? value : value?.[0];
}

/** The answer where a source's secret can't be decrypted. */
export const secretLost: PushAnswer = {
  status: 503,
  text: "The source's secret can't be decrypted: the master key is another one. Rotate the secret.",
  isNoted: true,
};

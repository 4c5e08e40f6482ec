/** The interface of the intakes for pushed events: each answers requests that a sender makes to a source. */
import type { MirrorSource } from "./mirror-source.ts";
import type { PushKind, SettingsOf } from "./source-settings.ts";

/** A request without its body. */
export interface PushHead {
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The parameter `token` of the URL. */
  readonly token: string | undefined;
  /** The client's address. */
  readonly address: string;
}

export interface PushAnswer {
  readonly status: 200 | 400 | 401 | 403 | 429 | 503;
  /** A sentence for people. */
  readonly text: string;
  /** Whether the text is shown to the operator as the source's error. */
  readonly isNoted?: boolean;
  /** Whether it counts as a failed authentication attempt of the client. */
  readonly isFailedAttempt?: boolean;
  /** The value of WWW-Authenticate. */
  readonly challenge?: string;
  /** Firehose's ID of the request. */
  readonly requestId?: string | undefined;
}

export interface Intake<Kind extends PushKind> {
  /** The longest body, in bytes; applies to a compressed body both before and after decompression. */
  readonly longestBody: number;
  /** Whether bodies may be compressed with gzip. */
  readonly takesGzip: boolean;
  /** Checks a request before its body is read; returns the answer if it is refused, else undefined. */
  admit(source: MirrorSource<SettingsOf<Kind>>, head: PushHead): PushAnswer | undefined;
  /** Records the events in a body. Rejects if they could not be recorded. */
  take(source: MirrorSource<SettingsOf<Kind>>, head: PushHead, body: Buffer): Promise<PushAnswer>;
}

/** The first value of a header; undefined without it. */
export function headerOf({ headers }: Pick<PushHead, "headers">, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" ? value : value?.[0];
}

/** The answer if the source's secret can't be decrypted. */
export const secretLost: PushAnswer = {
  status: 503,
  text: "The source's secret can't be decrypted: the master key has changed. Rotate the secret.",
  isNoted: true,
};

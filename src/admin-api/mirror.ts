/** The paths under /admin/mirror: sources of the events of real SES accounts. */

/** The settings of a source, by its kind. */
export type MirrorSettings = MirrorKindSettings & {
  /** What is exchanged with the real account besides events. */
  pull?: { suppression?: "in" | "both" | undefined; resources?: true | undefined } | undefined;
};

type MirrorKindSettings =
  | { queueUrl: string; region: string; topicArns: readonly string[] }
  | { topicArns: readonly string[]; raw: boolean }
  | { streamArn?: string | undefined }
  | { bucket: string; prefix: string; region: string; follow: boolean }
  | { authorization: "basic" | "api-key"; name: string };

/** Events of a type that a source has brought. A repeat counts again. */
export interface MirrorTypeSeen {
  /** Such as `BOUNCE`. */
  type: string;
  events: number;
  /** Of the events' own times. */
  firstAt: string;
  lastAt: string;
  configurationSets: {
    account: string;
    region: string;
    /** Null: mail without one. */
    name: string | null;
    events: number;
    lastAt: string;
  }[];
}

/** What has happened so far, in the order in which a new source comes to work. */
export interface MirrorChecklist {
  /** Only of the kind `sns`: whether a subscription was confirmed, and when last. */
  confirmed?: boolean;
  confirmedAt?: string;
  /** When SES's text came that tells that it may publish to the topic. */
  validatedAt?: string;
  /** When a request or a message last came, whatever was in it. */
  receivedAt?: string;
  /** When an event last came, and how long ago. */
  eventAt?: string;
  secondsSinceEvent?: number;
  types: MirrorTypeSeen[];
  /** The types of which no event has ever come. */
  typesNeverSeen: string[];
}

export interface MirrorSource {
  id: string;
  name: string;
  kind: "sqs" | "sns" | "firehose" | "s3" | "eventbridge";
  enabled: boolean;
  /** The accounts whose events it may bring. */
  accounts: readonly string[];
  /** The region of events that name none. */
  region: string;
  settings: MirrorSettings;
  /** Whether hard bounces and complaints that it brings add addresses to suppression lists here. */
  suppresses: boolean;
  /** After how many seconds without an event it counts as silent; null: never. */
  silenceSeconds: number | null;
  /** Where its sender posts to; left out if the server fetches its events. */
  url?: string;
  /** Why its sender can't post there. */
  urlProblem?: string;
  createdAt: string;
  /** `failing`: what last happened is an error. `waiting`: no event has come yet. `silent`: none for `silenceSeconds`. */
  status: "disabled" | "failing" | "waiting" | "silent" | "receiving";
  checklist: MirrorChecklist;
  /** Messages in its queue. */
  messagesWaiting?: number;
  /** How much of its bucket is read. Only of the kind `s3`, and not in the list of sources. */
  files?: MirrorFileTotals;
  recordsSetAside: number;
  /** Records that could not be read and were not kept, because too many are put aside. */
  recordsDropped: number;
  lastError?: { text: string; at: string };
  /** When the suppression list of the real account was last copied, and what last went wrong. */
  accountPull?: { at?: string; error?: { text: string; at: string } };
}

/** The files that a source has found in its bucket. */
export interface MirrorFileTotals {
  found: number;
  read: number;
  /** Files that can't be read, including those that will be tried again. */
  failed: number;
  /** Of all files, as stored: usually compressed. */
  bytes: number;
  bytesRead: number;
  events: number;
  /** When the first file was found, and when a file was last read. */
  firstFoundAt?: string;
  lastReadAt?: string;
  /** Over the last minute. */
  eventsPerSecond: number;
  /** An estimate from the bytes read over the last minute; left out if nothing is left or nothing was read. */
  secondsLeft?: number;
}

/** A file that can't be read. */
export interface MirrorFailedFile {
  key: string;
  bytes: number;
  error: string;
  /** Left out: it is read again only if its content changes. */
  retryAt?: string;
}

/** GET /admin/mirror/{id}/failed-files. */
export interface MirrorFailedFilePage {
  files: MirrorFailedFile[];
  /** The parameter `after` of the next page. */
  next?: string;
}

/** GET /admin/mirror. */
export interface MirrorSourceList {
  sources: MirrorSource[];
}

/** A secret, which is shown only here. */
export interface MirrorSecret {
  /** The password, the access key or the API key. */
  secret: string;
  /** Only of the kind `sns`: the URL to subscribe for raw messages, with the secret. */
  subscriptionUrl?: string;
}

/** POST /admin/mirror and PATCH /admin/mirror/{id}: with the secret if it is new. */
export type ChangedMirrorSource = MirrorSource & Partial<MirrorSecret>;

/** A record that could not be read. */
export interface MirrorSetAside {
  id: number;
  reason: string;
  /** When it last came, and how often. */
  receivedAt: string;
  times: number;
  /** Its first 10,000 characters. */
  text: string;
  /** Whether it is longer. */
  truncated: boolean;
}

/** GET /admin/mirror/{id}/set-aside. */
export interface MirrorSetAsidePage {
  records: MirrorSetAside[];
  /** The parameter `after` of the next page. */
  next?: number;
}

/** POST /admin/mirror/{id}/set-aside/replay. */
export interface MirrorReplay {
  /** Records that could be read, and were removed. */
  read: number;
  events: number;
  /** Records that still can't be read. */
  left: number;
  /** There are more: the member `after` of the next call. */
  next?: number;
}

/** GET /admin/mirror/setup. */
export interface MirrorSetup {
  kind: MirrorSource["kind"];
  format: "cli" | "cloudformation" | "terraform";
  /** A shell script, a template or a configuration. Secrets are not in it, but places for them. */
  text: string;
  /** What to know and do besides. */
  notes: string[];
  /** The settings of the source to create then; only of kinds that are fetched, and without `source`. */
  settings?: MirrorSettings;
}

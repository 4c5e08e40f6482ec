/**
 * What the admin API says, as JSON, where the pages read it: no type of the server comes in here, so that pages and server
 * share it. Instants are ISO texts in UTC with milliseconds; a rate is a share from 0 to 1; what is not known is left out.
 * `docs/admin-api.md` has the paths, the parameters and an example of each.
 */

/** Every refusal of the admin API. */
export interface AdminError {
  message: string;
}

/** The highest event of a message to a recipient (SES's DeliveryEventType): SEND < bounces < DELIVERY < COMPLAINT. */
export type LastDelivery =
  | "SEND"
  | "TRANSIENT_BOUNCE"
  | "PERMANENT_BOUNCE"
  | "UNDETERMINED_BOUNCE"
  | "DELIVERY"
  | "COMPLAINT";

/** OPEN < CLICK (SES's EngagementEventType). */
export type LastEngagement = "OPEN" | "CLICK";

/**
 * Answers see what was acknowledged before they were asked for; they wait for it up to three seconds. `behind`: that was not
 * enough, as while a simulation runs, and what is newest may be missing.
 */
interface Fresh {
  behind?: true;
}

/* --- GET /admin/messages, GET /admin/messages/count --- */

/**
 * What messages are searched by: members are joined by AND, the values of one by OR. In a query a list is its parameter
 * repeated (`isp=Gmail&isp=Yahoo`); an empty text or list is no filter.
 */
export interface MessageFilters {
  /** An address, whatever its case; `*` at its ends stands for anything: `*@example.com`. */
  recipient?: string | undefined;
  /** The same of the sender's address. */
  sender?: string | undefined;
  /** A part of the subject, whatever its case. With `*` at one end only, what it begins or ends with. */
  subject?: string | undefined;
  messageId?: string | undefined;
  /** As messages have it: `Gmail`, `UNKNOWN_ISP`. */
  isp?: readonly string[] | undefined;
  lastDelivery?: readonly LastDelivery[] | undefined;
  lastEngagement?: readonly LastEngagement[] | undefined;
  /** Each `name:value`. A message must have all of them. */
  tag?: readonly string[] | undefined;
  configurationSet?: string | undefined;
  /** The identity that the mail was sent under, or the address or domain of its sender. */
  identity?: string | undefined;
  /** Sent at or after this instant. */
  from?: string | undefined;
  /** Sent before this instant. */
  to?: string | undefined;
}

/** A page of a search. */
export interface MessageSearch extends MessageFilters {
  /** `next` of the page before. It belongs to the filters it came with. */
  cursor?: string | undefined;
  /** From 1 to 200; 50 unless given. */
  limit?: number | undefined;
}

/** A message to one recipient. */
export interface MessageRow {
  messageId: string;
  recipient: string;
  sentAt: string;
  sender: string;
  subject: string;
  isp: string;
  /** Absent where it is only known that somebody opened the mail, or the like. */
  lastDelivery?: LastDelivery;
  lastEngagement?: LastEngagement;
  /** Of the latest bounce, as in SES's events: `MailboxFull`. */
  bounceSubType?: string;
  /** What the server that refused it said. */
  diagnostic?: string;
}

/** Newest first. */
export interface MessagePage extends Fresh {
  messages: MessageRow[];
  /** The cursor of the next page; absent on the last. */
  next?: string;
}

/** How many there are: messages, each to one recipient. */
export interface MessageCount extends Fresh {
  count: number;
}

/* --- GET /admin/messages/{id} --- */

/** A message with all that happened to it. */
export interface MessageDetails {
  messageId: string;
  sentAt: string;
  sender: string;
  subject: string;
  /** Each once; SES's own begin with `ses:`. */
  tags: { name: string; value: string }[];
  configurationSet?: string;
  identity?: string;
  tenant?: string;
  openTracked: boolean;
  clickTracked: boolean;
  /** Of the mail as it is kept, in bytes; absent where none was kept. Old mail may have been removed since. */
  size?: number;
  /** In the order of the message's recipients. */
  recipients: MessageRecipient[];
}

/** What happened to a message on its way to one recipient. */
export interface MessageRecipient {
  recipient: string;
  isp?: string;
  lastDelivery?: LastDelivery;
  /** Without what machines did, where MAILGLASS_MACHINE_ENGAGEMENT leaves them out. */
  lastEngagement?: LastEngagement;
  /** Oldest first. */
  events: MessageEvent[];
}

/** What opened or clicked where it was not a person. */
export type MachineKind = "proxy" | "prefetch" | "scanner" | "bot";

interface EventBase {
  id: string;
  at: string;
}

/** What a recipient wants of a contact list. */
export interface TopicChoices {
  unsubscribeAll: boolean;
  topicSubscriptionStatus: { topicName: string; subscriptionStatus: "OptIn" | "OptOut" }[];
}

/** An event, with what its source told. */
export type MessageEvent =
  | (EventBase & { type: "SEND" })
  | (EventBase & {
      type: "DELIVERY";
      smtpResponse?: string;
      processingTimeMillis?: number;
      reportingMta?: string;
      remoteMtaIp?: string;
    })
  | (EventBase & {
      type: "BOUNCE";
      bounceType: "Permanent" | "Transient" | "Undetermined";
      bounceSubType: string;
      action?: string;
      /** The enhanced status code: `5.1.1`. */
      status?: string;
      diagnostic?: string;
      reportingMta?: string;
      remoteMtaIp?: string;
      feedbackId?: string;
    })
  | (EventBase & {
      type: "COMPLAINT";
      complaintSubType?: string;
      complaintFeedbackType?: string;
      userAgent?: string;
      arrivalDate?: string;
      feedbackId?: string;
    })
  | (EventBase & { type: "REJECT"; reason?: string })
  | (EventBase & { type: "OPEN"; ipAddress?: string; userAgent?: string; machine?: MachineKind })
  | (EventBase & {
      type: "CLICK";
      link?: string;
      linkTags?: Record<string, string[]>;
      ipAddress?: string;
      userAgent?: string;
      machine?: MachineKind;
    })
  | (EventBase & { type: "RENDERING_FAILURE"; errorMessage?: string; templateName?: string })
  | (EventBase & {
      type: "DELIVERY_DELAY";
      delayType?: string;
      expirationTime?: string;
      status?: string;
      diagnostic?: string;
      reportingMta?: string;
    })
  | (EventBase & {
      type: "SUBSCRIPTION";
      contactList?: string;
      source?: string;
      oldTopicPreferences?: TopicChoices;
      newTopicPreferences?: TopicChoices;
    });

/** The type of an event, as SES's API spells it. */
export type MessageEventType = MessageEvent["type"];

/* --- GET /admin/messages/{id}/content, and /html beside it --- */

/** What is in a mail. Its HTML, where it has some, is at `/admin/messages/{id}/html`, for a sandboxed frame. */
export interface MessageContent {
  /** The mail's own text; where it has none but HTML, that as text. */
  text: string;
  /** Whether `text` was made of the HTML. */
  textFromHtml: boolean;
  /** Whether the text goes on beyond what is told (1,000,000 characters). */
  textCut: boolean;
  html: boolean;
  /** Whether the HTML names pictures or styles of other servers, which `remote=1` lets load. */
  remoteContent: boolean;
  attachments: MailAttachment[];
  /** In their order, decoded. */
  headers: { name: string; value: string }[];
}

/** A file in a mail. */
export interface MailAttachment {
  name: string;
  /** The media type. */
  type: string;
  /** In bytes, decoded. */
  size: number;
  /** Whether the HTML shows it by its content id. */
  inline: boolean;
}

/* --- GET /admin/overview --- */

export type OverviewDimension = "isp" | "identity" | "configurationSet";

/** The parameters of the overview. */
export interface OverviewQuery {
  from: string;
  /** Not included. */
  to: string;
  /** An IANA time zone, in which days and hours begin; UTC unless given. */
  zone?: string | undefined;
  /** `isp` unless given. */
  by?: OverviewDimension | undefined;
}

/** How often each happened. All are unique for a message and recipient, on the first day that it happened. */
export interface Volumes {
  sends: number;
  deliveries: number;
  permanentBounces: number;
  transientBounces: number;
  complaints: number;
  opens: number;
  clicks: number;
  /** What complaints, opens and clicks are measured against: deliveries where there could be some. */
  deliveriesWithFeedback: number;
  deliveriesOpenTracked: number;
  deliveriesClickTracked: number;
}

/** Shares from 0 to 1; null where there was nothing to measure against. */
export interface Rates {
  deliveries: number | null;
  permanentBounces: number | null;
  transientBounces: number | null;
  complaints: number | null;
  opens: number | null;
  clicks: number | null;
}

/** An hour or a day. */
export interface OverviewBucket extends Volumes {
  /** When it begins. */
  at: string;
}

/** Volumes with their rates. */
export interface Totals {
  volumes: Volumes;
  rates: Rates;
}

/** What a value of the dimension has of the period. */
export interface OverviewShare extends Totals {
  /** '' for mail that has none, such as mail without a configuration set. */
  value: string;
}

/** A day whose rate of bounces or complaints stands out of the others. */
export interface Anomaly {
  kind: "bounces" | "complaints";
  /** When the day begins, in the zone asked for. */
  at: string;
  /** Of which provider; absent for all mail. */
  isp?: string;
  /** How many bounced (permanently) or complained. */
  count: number;
  /** Of how many sent, or of how many deliveries that could be complained about. */
  outOf: number;
  rate: number;
  /** The rate of the other days of the same provider, or of all mail. */
  usualRate: number;
  /** How far it is above what is usual, in standard deviations: 4 at the least. */
  score: number;
  /** It all in a sentence of English. */
  sentence: string;
}

/** Volumes and rates over time. */
export interface Overview extends Fresh {
  from: string;
  to: string;
  zone: string;
  /** Hours up to three days, days beyond. */
  bucket: "hour" | "day";
  /** Oldest first, none left out. The first and the last may be cut by the period. */
  buckets: OverviewBucket[];
  totals: Totals;
  /** The period of the same length before it. */
  before: Totals & { from: string; to: string };
  by: OverviewDimension;
  /** The 20 values with most sends. */
  breakdown: OverviewShare[];
  /** How many values there are besides. */
  others: number;
  /** The most striking first; at most 20. */
  anomalies: Anomaly[];
}

/* --- POST /admin/exports/count: a MessageInsightsDataSource of SES's API as its body --- */

/** How many messages an export would find. */
export interface ExportCount extends Fresh {
  count: number;
  /** The most rows its file may have, by the request or the settings; a random sample where there are more. Absent: no limit. */
  limit?: number;
}

/* --- POST /admin/imports/preview: the first bytes of a file (up to 1 MiB) as its body --- */

/** How the file would be read, as CreateImportJob takes it. */
export interface ImportPreviewQuery {
  /** `suppression`, or `contacts` with `list`. */
  destination: "suppression" | "contacts";
  /** The contact list. */
  list?: string | undefined;
  action: "PUT" | "DELETE";
  format: "CSV" | "JSON";
  /** Whether the body is the whole file; a part's last record may be cut and is left out. `false` unless given. */
  whole?: boolean | undefined;
}

/** What an import would make of the file's beginning. Nothing is changed. */
export interface ImportPreview {
  /** Why nothing of the file can be imported: it is empty, a spreadsheet, lacks a column. */
  fault?: string;
  /** Whether the bytes look like the format named. */
  formatFits: boolean;
  /** What they look like instead, where that is clear. */
  looksLike?: "CSV" | "JSON";
  /** At most 20. */
  records: PreviewedRecord[];
  /** Of all records in the bytes given. */
  taken: number;
  refused: number;
}

/** One record of a file. */
export type PreviewedRecord = {
  /** Where it begins, from 1. */
  line: number;
} & (
  | { address: string; change: RecordChange; refused?: undefined }
  /** Why it can't be taken, and how it stands in the file, cut to 2,000 characters. */
  | { refused: string; content: string; change?: undefined }
);

/** What a record would do to its address. That an address to remove is not on the list is found out by the import. */
export type RecordChange =
  | { kind: "suppress"; reason: "BOUNCE" | "COMPLAINT" }
  | { kind: "put contact"; unsubscribeAll: boolean; attributes?: string; topics: Record<string, "OPT_IN" | "OPT_OUT"> }
  | { kind: "remove" };

/* --- POST /admin/templates/preview, beside GET /admin/templates/preview-frame --- */

/** A template as it is being written, and what it is filled with. */
export interface TemplateDraft {
  TemplateContent: { Subject?: string | undefined; Text?: string | undefined; Html?: string | undefined };
  /** A JSON object, as a text. */
  TemplateData?: string | undefined;
}

/** A filled template; parts that it lacks are left out. */
export interface TemplatePreview {
  /** Why it can't be filled: then there is nothing else. */
  fault?: string | undefined;
  subject?: string | undefined;
  text?: string | undefined;
  html?: string | undefined;
}

/* --- GET /admin/live: server-sent events --- */

/**
 * The data of an unnamed server-sent event. Two named ones come besides: `ready` once the stream is on, and `gap` where
 * more happened than the stream could tell: what is shown must be read anew.
 */
export interface LiveEvent {
  type: MessageEventType;
  messageId: string;
  recipient: string;
  at: string;
  /** On a SEND. */
  subject?: string;
  /** On a BOUNCE. */
  bounceType?: "Permanent" | "Transient" | "Undetermined";
}

/* --- /session --- */

/** The body of POST /session. */
export interface SignIn {
  accessKeyId: string;
  secretAccessKey: string;
}

/** GET and POST /session. */
export interface SessionState {
  /** Whether one must sign in at all. */
  required: boolean;
  /** The access key's id; absent where nobody is signed in. */
  signedInAs?: string;
  /** For the header `x-csrf-token` of unsafe methods; absent where there is no session. */
  csrf?: string;
}

/* --- GET /admin/queue --- */

/** What waits to be delivered. */
export interface SendQueue {
  due: number;
  waiting: number;
  claimed: number;
  /** Those with most mail, 100 at most. */
  domains: QueuedDomain[];
}

/** What waits for a domain. */
export interface QueuedDomain {
  domain: string;
  due: number;
  waiting: number;
  claimed: number;
  oldest: string;
  nextTry: string | null;
  lastDiagnostic: string | null;
}

/* --- GET /admin/identities/{identity}/dns --- */

/** The DNS records of an identity. */
export interface IdentityDns {
  identity: string;
  domain: string;
  records: DnsRecord[];
  dmarc: { policy?: string; dkimAligned: boolean; spfAligned: boolean };
}

/** A record to publish, and how it stands. */
export interface DnsRecord {
  type: "TXT" | "MX";
  name: string;
  value: string;
  /** As a line of a zone file. */
  zone: string;
  purpose: string;
  state: "ok" | "missing" | "differs" | "unknown";
  found: string[];
}

/* --- POST /admin/uploads, POST /admin/import-jobs/{id}/cancel --- */

/** Where a file for an import may be put (PUT), for a while. */
export interface UploadUrl {
  url: string;
  /** What CreateImportJob takes. */
  s3Url: string;
  expires: string;
}

/** The answer where an import job was cancelled. */
export interface CancelledImport {
  status: "CANCELLED";
}

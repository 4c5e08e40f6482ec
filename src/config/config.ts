/** Every setting of the server in one table: name, default, meaning. They come from the environment. */
import { isIP } from "node:net";
import { resolve } from "node:path";
import { deliverySettings } from "./delivery-settings.ts";
import { ConfigError, type Environment, optional, setting } from "./setting.ts";
import { addressList, bucketNames, masterKeyBytes, oneOf, text, url, wholeNumber } from "./values.ts";

/** The table. `docs/settings.md` is made from it and a test holds the two together. */
export const settings = {
  host: setting("MAILGLASS_HOST", "The address to listen on.", "127.0.0.1", text),
  port: setting(
    "MAILGLASS_PORT",
    "The port for the API, downloads and the dashboard. 0 takes a free one.",
    "8025",
    wholeNumber(0, 65535),
  ),
  publicUrl: optional(
    "MAILGLASS_PUBLIC_URL",
    "Where clients reach this server, for the URLs that it hands out. Unset: the address and port it listens on.",
    url("http", "https"),
  ),
  trustedProxies: setting(
    "MAILGLASS_TRUSTED_PROXIES",
    "The proxies before this server, as addresses or networks separated by commas: from them `X-Forwarded-For` and `X-Forwarded-Proto` are believed, so that events tell the client's own address. Empty: from none.",
    "",
    addressList,
  ),
  dataDir: setting("MAILGLASS_DATA_DIR", "The folder for everything that is not kept elsewhere.", "./data", (path) =>
    resolve(path),
  ),
  auth: optional(
    "MAILGLASS_AUTH",
    "`required`: every call must be signed with one of this server's access keys, and SMTP clients must sign in (`mailglass keys`). `off`: any credentials are taken. Unset: `off` on a loopback address, `required` as soon as the server listens beyond.",
    oneOf("off", "required"),
  ),
  masterKey: optional(
    "MAILGLASS_MASTER_KEY",
    "The key under which secrets (DKIM keys, secret access keys) lie in the database: 32 bytes in base64, the same for all servers of one database. Unset: made at the first start, in `master.key` in the data folder.",
    masterKeyBytes,
  ),
  postgresUrl: optional(
    "MAILGLASS_POSTGRES_URL",
    "A PostgreSQL server for settings, jobs and the outbox. Unset: PGlite in the data folder, for one process.",
    url("postgres", "postgresql"),
  ),
  clickhouseUrl: optional(
    "MAILGLASS_CLICKHOUSE_URL",
    "A ClickHouse server for events, with user, password and database in the URL. Unset: chDB in the data folder.",
    url("http", "https"),
  ),
  storesWaitSeconds: setting(
    "MAILGLASS_STORES_WAIT_SECONDS",
    "For how long a PostgreSQL or ClickHouse server that does not answer at the start is waited for, in seconds. 0: not at all.",
    "60",
    wholeNumber(0, 24 * 3600),
  ),
  s3Bucket: optional(
    "MAILGLASS_S3_BUCKET",
    "An S3 bucket for mail and export files. Unset: files in the data folder.",
    text,
  ),
  s3Endpoint: optional("MAILGLASS_S3_ENDPOINT", "The S3 endpoint, where it is not AWS's own.", url("http", "https")),
  s3Region: setting("MAILGLASS_S3_REGION", "The region of the bucket.", "us-east-1", text),
  ...deliverySettings,
  insightsScope: setting(
    "MAILGLASS_INSIGHTS_SCOPE",
    "`all`: insights, metrics and exports show all mail. `ses`: like SES, they leave out mail to several recipients and to the mailbox simulator.",
    "all",
    oneOf("all", "ses"),
  ),
  rateLimits: optional(
    "MAILGLASS_RATE_LIMITS",
    "`ses`: calls are limited to SES's rates, most operations to one a second; sending is not. `off`: they are not. Unset: `off` on a loopback address, `ses` as soon as the server listens beyond.",
    oneOf("off", "ses"),
  ),
  accountId: setting("MAILGLASS_ACCOUNT_ID", "The AWS account id to appear as.", "000000000000", (text) => {
    if (!/^\d{12}$/.test(text)) throw new Error("must be 12 digits");
    return text;
  }),
  region: setting("MAILGLASS_REGION", "The AWS region to appear as.", "us-east-1", (text) => {
    if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(text)) throw new Error("must be an AWS region such as us-east-1");
    return text;
  }),
  maxBodyBytes: setting(
    "MAILGLASS_MAX_BODY_BYTES",
    "The largest request body, in bytes. SES takes 40 MB of message, which base64 makes 54 MB.",
    "58720256",
    wholeNumber(1024, 512 << 20),
  ),
  exportWorkers: setting(
    "MAILGLASS_EXPORT_WORKERS",
    "How many export jobs this process runs at a time. 0: none.",
    "2",
    wholeNumber(0, 64),
  ),
  exportUrlSeconds: setting(
    "MAILGLASS_EXPORT_URL_SECONDS",
    "How long the download URL in an answer of GetExportJob works, in seconds. Each answer has a new one.",
    "3600",
    wholeNumber(1, 7 * 24 * 3600),
  ),
  exportBuckets: setting(
    "MAILGLASS_EXPORT_BUCKETS",
    "The buckets, separated by commas, that ExportDestination.S3Url may name; `download` stands for a file to download. Empty: any S3Url is refused, as SES does.",
    "",
    bucketNames,
  ),
  exportMaxRows: setting(
    "MAILGLASS_EXPORT_MAX_ROWS",
    "The most rows of a message-insights export; beyond it comes a random sample. 0: no limit, and all rows where MaxResults is not given.",
    "10000",
    wholeNumber(0, Number.MAX_SAFE_INTEGER),
  ),
  contactLists: setting(
    "MAILGLASS_CONTACT_LISTS",
    "The most contact lists. SES has one for an account.",
    "1",
    wholeNumber(1, 10_000),
  ),
  importWorkers: setting(
    "MAILGLASS_IMPORT_WORKERS",
    "How many import jobs this process runs at a time. 0: none.",
    "1",
    wholeNumber(0, 64),
  ),
  importBuckets: setting(
    "MAILGLASS_IMPORT_BUCKETS",
    "The buckets, separated by commas, that an import's S3Url may name. Empty: any that the server can read, but for its own.",
    "",
    bucketNames,
  ),
  importMaxSuppressions: setting(
    "MAILGLASS_IMPORT_MAX_SUPPRESSIONS",
    "The most records of a file that adds to the suppression list. 0: no limit.",
    "100000",
    wholeNumber(0, Number.MAX_SAFE_INTEGER),
  ),
  importMaxSuppressionDeletes: setting(
    "MAILGLASS_IMPORT_MAX_SUPPRESSION_DELETES",
    "The most records of a file that removes from the suppression list. 0: no limit.",
    "10000",
    wholeNumber(0, Number.MAX_SAFE_INTEGER),
  ),
  importMaxContacts: setting(
    "MAILGLASS_IMPORT_MAX_CONTACTS",
    "The most records of a file of contacts. 0: no limit.",
    "1000000",
    wholeNumber(0, Number.MAX_SAFE_INTEGER),
  ),
  uploadMaxBytes: setting(
    "MAILGLASS_UPLOAD_MAX_BYTES",
    "The largest file that can be uploaded for an import, in bytes.",
    "1073741824",
    wholeNumber(1, Number.MAX_SAFE_INTEGER),
  ),
  keepEventDays: setting(
    "MAILGLASS_KEEP_EVENT_DAYS",
    "How many days the events of a message are kept after it was sent. 0: for ever.",
    "400",
    wholeNumber(0, 36_500),
  ),
  keepMailDays: setting(
    "MAILGLASS_KEEP_MAIL_DAYS",
    "How many days captured mail is kept. 0: for ever.",
    "30",
    wholeNumber(0, 36_500),
  ),
  keepExportFileDays: setting(
    "MAILGLASS_KEEP_EXPORT_FILE_DAYS",
    "How many days the file of an export job is kept. 0: for ever.",
    "7",
    wholeNumber(0, 36_500),
  ),
  keepJobDays: setting(
    "MAILGLASS_KEEP_JOB_DAYS",
    "How many days a job that has ended is listed; its file goes with it. 0: for ever.",
    "90",
    wholeNumber(0, 36_500),
  ),
  logLevel: setting(
    "MAILGLASS_LOG_LEVEL",
    "What the log tells: `fatal`, `error`, `warn`, `info`, `debug`, `trace` or `silent`.",
    "info",
    oneOf("fatal", "error", "warn", "info", "debug", "trace", "silent"),
  ),
};

/** The settings, read and checked. */
export type Config = { readonly [Key in keyof typeof settings]: ReturnType<(typeof settings)[Key]["from"]> };

/** The names of an environment that look like settings and are none: most likely misspelt, or of a later version. */
export function unknownSettings(environment: Environment): string[] {
  const known = new Set(Object.values(settings).map((entry) => entry.name));
  return Object.keys(environment).filter((name) => name.startsWith("MAILGLASS_") && !known.has(name));
}

/**
 * Reads the settings from an environment. An empty variable counts as unset.
 * Throws a `ConfigError` for the first value that can't be used.
 */
export function readConfig(environment: Environment): Config {
  const ownBucket = settings.s3Bucket.from(environment);
  if (ownBucket !== undefined && settings.exportBuckets.from(environment).includes(ownBucket)) {
    const name = settings.exportBuckets.name;
    throw new ConfigError(
      `${name}: ${ownBucket} is MAILGLASS_S3_BUCKET, where an export could overwrite mail; name \`download\` or another bucket`,
    );
  }
  if (settings.delivery.from(environment) === "relay" && settings.relayUrl.from(environment) === undefined) {
    throw new ConfigError(
      `${settings.relayUrl.name}: MAILGLASS_DELIVERY=relay wants it, such as smtp://relay.example.com:587`,
    );
  }
  return {
    host: settings.host.from(environment),
    port: settings.port.from(environment),
    publicUrl: settings.publicUrl.from(environment),
    trustedProxies: settings.trustedProxies.from(environment),
    dataDir: settings.dataDir.from(environment),
    auth: settings.auth.from(environment),
    masterKey: settings.masterKey.from(environment),
    postgresUrl: settings.postgresUrl.from(environment),
    clickhouseUrl: settings.clickhouseUrl.from(environment),
    storesWaitSeconds: settings.storesWaitSeconds.from(environment),
    s3Bucket: settings.s3Bucket.from(environment),
    s3Endpoint: settings.s3Endpoint.from(environment),
    s3Region: settings.s3Region.from(environment),
    delivery: settings.delivery.from(environment),
    relayUrl: settings.relayUrl.from(environment),
    hostname: settings.hostname.from(environment),
    returnPathDomain: settings.returnPathDomain.from(environment),
    smtpHost: settings.smtpHost.from(environment),
    smtpPort: settings.smtpPort.from(environment),
    smtpsPort: settings.smtpsPort.from(environment),
    bouncePort: settings.bouncePort.from(environment),
    smtpCertificate: settings.smtpCertificate.from(environment),
    smtpCertificateKey: settings.smtpCertificateKey.from(environment),
    dnsServers: settings.dnsServers.from(environment),
    dnssec: settings.dnssec.from(environment),
    mxPort: settings.mxPort.from(environment),
    privateDestinations: settings.privateDestinations.from(environment),
    deliveryConnections: settings.deliveryConnections.from(environment),
    mxConnections: settings.mxConnections.from(environment),
    maxDeliverySeconds: settings.maxDeliverySeconds.from(environment),
    retrySeconds: settings.retrySeconds.from(environment),
    sendRate: settings.sendRate.from(environment),
    dailyQuota: settings.dailyQuota.from(environment),
    machineEngagement: settings.machineEngagement.from(environment),
    identityVerification: settings.identityVerification.from(environment),
    insightsScope: settings.insightsScope.from(environment),
    rateLimits: settings.rateLimits.from(environment),
    accountId: settings.accountId.from(environment),
    region: settings.region.from(environment),
    maxBodyBytes: settings.maxBodyBytes.from(environment),
    exportWorkers: settings.exportWorkers.from(environment),
    exportUrlSeconds: settings.exportUrlSeconds.from(environment),
    exportBuckets: settings.exportBuckets.from(environment),
    exportMaxRows: settings.exportMaxRows.from(environment),
    contactLists: settings.contactLists.from(environment),
    importWorkers: settings.importWorkers.from(environment),
    importBuckets: settings.importBuckets.from(environment),
    importMaxSuppressions: settings.importMaxSuppressions.from(environment),
    importMaxSuppressionDeletes: settings.importMaxSuppressionDeletes.from(environment),
    importMaxContacts: settings.importMaxContacts.from(environment),
    uploadMaxBytes: settings.uploadMaxBytes.from(environment),
    keepEventDays: settings.keepEventDays.from(environment),
    keepMailDays: settings.keepMailDays.from(environment),
    keepExportFileDays: settings.keepExportFileDays.from(environment),
    keepJobDays: settings.keepJobDays.from(environment),
    logLevel: settings.logLevel.from(environment),
  };
}

/** Whether callers must prove who they are: without the setting, as soon as another machine can reach a port. */
export function authentication(config: Pick<Config, "auth" | "host" | "smtpHost">): "off" | "required" {
  const local = isLoopback(config.host) && isLoopback(config.smtpHost ?? config.host);
  return config.auth ?? (local ? "off" : "required");
}

/** Whether senders must be verified identities: without the setting, as soon as mail leaves. */
export function identityVerification(config: Pick<Config, "identityVerification" | "delivery">): "off" | "required" {
  return config.identityVerification ?? (config.delivery === "capture" ? "off" : "required");
}

/** Whether only this machine can reach an address that the server listens on. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

/** Settings of the databases and of the object store. */
import { resolve } from "node:path";
import { optional, setting } from "./setting.ts";
import { someOf, text, url, wholeNumber } from "./values.ts";

export const storeSettings = {
  dataDir: setting(
    "MAILGLASS_DATA_DIR",
    "The folder for all data that the settings below don't put elsewhere.",
    "./data",
    (path) => resolve(path),
  ),
  postgresUrl: optional(
    "MAILGLASS_POSTGRES_URL",
    "The PostgreSQL server for everything but events and files: the account, identities, jobs, queues. Unset: PGlite in the data folder, which only one process can use.",
    url("postgres", "postgresql"),
  ),
  clickhouseUrl: optional(
    "MAILGLASS_CLICKHOUSE_URL",
    "The ClickHouse server for events; the URL includes user, password and database. Unset: chDB in the data folder.",
    url("http", "https"),
  ),
  storesWaitSeconds: setting(
    "MAILGLASS_STORES_WAIT_SECONDS",
    "How many seconds the start waits for a PostgreSQL or ClickHouse server that does not respond. 0: it does not wait.",
    "60",
    wholeNumber(0, 24 * 3600),
  ),
  acceptLoss: setting(
    "MAILGLASS_ACCEPT_LOSS",
    "What was lost and is given up: `postgres`, `clickhouse`, `master-key`, separated by commas. Without it, a start ends with an error if one of the databases is empty while the other is not, or if the master key is not the one that the database's secrets are sealed with. `master-key` deletes those secrets: access keys, S/MIME certificates, and the keys of links and return paths; set the DKIM keys of identities again. Set it for one start only.",
    "",
    someOf("postgres", "clickhouse", "master-key"),
  ),
  s3Bucket: optional(
    "MAILGLASS_S3_BUCKET",
    "The S3 bucket for messages and export files. Unset: files in the data folder.",
    text,
  ),
  s3Endpoint: optional("MAILGLASS_S3_ENDPOINT", "The S3 endpoint. Unset: that of AWS.", url("http", "https")),
  s3Region: setting("MAILGLASS_S3_REGION", "The region of the bucket.", "us-east-1", text),
};

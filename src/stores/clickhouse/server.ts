/** A ClickHouse server, accessed over HTTP. */
import { addAbortSignal, Readable } from "node:stream";
import {
  type ClickHouseClient,
  type ClickHouseClientConfigOptions,
  ClickHouseLogLevel,
  createClient,
  EXCEPTION_TAG_HEADER_NAME,
} from "@clickhouse/client";
import { array, number, object, string, union } from "valibot";
import { parseData } from "../../common/parse-data.ts";
import { isNetworkFault } from "../waiting.ts";
import type { EventDatabase, EventSession, StreamedQuery, StreamFormat } from "./event-database.ts";
import { createEventSession } from "./event-session.ts";
import { withoutException } from "./exception-trailer.ts";
import { identifier } from "./identifier.ts";

/** The server's address and credentials. The separate fields take precedence over the URL. */
export interface ServerAddress {
  /** `http(s)://user:password@host:port/database`. */
  url: string;
  database?: string;
  username?: string;
  password?: string;
}

/** The first version that marks an error in the middle of a result, so that it can't be mistaken for data. */
const oldestVersion = { major: 25, minor: 11 };

/** How long the server may take for the first, small query, in milliseconds. */
const connectWithinMs = 10_000;

/** How long the server may send nothing during a streamed query, in milliseconds. */
const streamSilenceMs = 600_000;

/**
 * Opens a database on a server, creating it if necessary; the caller applies migrations.
 * Throws if the server is unreachable, refuses access, or is older than 25.11.
 */
export async function openServer(address: ServerAddress, defaultDatabase: string): Promise<EventDatabase> {
  const url = new URL(address.url);
  const database = identifier(address.database ?? (decodeURIComponent(url.pathname.slice(1)) || defaultDatabase));
  const username = address.username ?? (decodeURIComponent(url.username) || undefined);
  const password = address.password ?? (decodeURIComponent(url.password) || undefined);
  url.username = url.password = "";
  url.pathname = "/";
  const options: ClickHouseClientConfigOptions = {
    url,
    username,
    password,
    application: "mailglass",
    // Errors are thrown, so the client need not log them.
    log: { level: ClickHouseLogLevel.OFF },
    keep_alive: { eagerly_destroy_stale_sockets: true },
  };
  await prepareServer(options, database);
  const client = createClient({ ...options, database });
  const sessions = new Set<EventSession>();

  return {
    kind: "server",
    isUnused: () => false,
    client,
    async insertRows(table, rows, compression = "none") {
      if (rows.every((bytes) => bytes.length === 0)) return;
      const answer = await client.exec({
        query: `INSERT INTO ${identifier(table)} FORMAT JSONEachRow`,
        values: Readable.from(rows),
        ...(compression === "none" ? {} : { http_headers: { "Content-Encoding": compression } }),
        // Without the second setting, a failure could occur after the status is sent.
        clickhouse_settings: { input_format_skip_unknown_fields: 0, wait_end_of_query: 1 },
      });
      for await (const _ of answer.stream);
    },
    async openSession() {
      const streaming = createClient({ ...options, database, request_timeout: streamSilenceMs });
      const session = createEventSession(
        (query) => streamFromServer(streaming, query),
        () => {
          sessions.delete(session);
        },
      );
      sessions.add(session);
      return {
        ...session,
        async close() {
          await session.close();
          await streaming.close();
        },
      };
    },
    async close() {
      await Promise.all([...sessions].map((session) => session.close()));
      await client.close();
    },
  };
}

/** Whether an error means that the server is not reachable at the moment. The client's own timeout has no code. */
export function isAbsence(error: unknown): boolean {
  return isNetworkFault(error) || (error instanceof Error && error.message === "Timeout error.");
}

/** ClickHouse's codes for a URL that it does not accept. */
const notAccepted: Readonly<Record<string, string>> = {
  "81": "UNKNOWN_DATABASE",
  "192": "UNKNOWN_USER",
  "193": "WRONG_PASSWORD",
  "194": "REQUIRED_PASSWORD",
  "195": "IP_ADDRESS_NOT_ALLOWED",
  "497": "ACCESS_DENIED",
  "516": "AUTHENTICATION_FAILED",
};

/** The server's version is older than Mailglass needs. */
class OldServer extends Error {
  override name = "OldServer";
}

/** Whether an error means that the server does not accept the URL's user, password or database, or is too old. */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? String(error.code) : "";
  return error instanceof OldServer || code in notAccepted || /CERT|^ERR_TLS_|^ERR_SSL_/.test(code);
}

const serverRows = array(object({ version: string(), found: union([number(), string()]) }));

/** Checks the server's version and creates the database only if it is missing, which requires the CREATE privilege. */
async function prepareServer(options: ClickHouseClientConfigOptions, database: string): Promise<void> {
  const client = createClient({ ...options, database: "system", request_timeout: connectWithinMs });
  try {
    const answer = await client.query({
      query: "SELECT version() AS version, count() AS found FROM databases WHERE name = {database:String}",
      query_params: { database },
      format: "JSONEachRow",
    });
    const [server] = parseData(serverRows, await answer.json(), "the ClickHouse server's answer");
    const [major = 0, minor = 0] = (server?.version ?? "").split(".").map(Number);
    if (major < oldestVersion.major || (major === oldestVersion.major && minor < oldestVersion.minor)) {
      throw new OldServer(`the ClickHouse server is version ${server?.version}; Mailglass needs 25.11 or later`);
    }
    if (Number(server?.found) === 0) await client.command({ query: `CREATE DATABASE IF NOT EXISTS ${database}` });
  } finally {
    await client.close();
  }
}

async function streamFromServer(
  client: ClickHouseClient,
  { sql, parameters, format, signal }: StreamedQuery & { format: StreamFormat },
): Promise<Readable> {
  signal?.throwIfAborted();
  const answer = await client
    .exec({
      query: `${sql}\nFORMAT ${format}`,
      query_params: { ...parameters },
      abort_signal: signal,
      clickhouse_settings: {
        // The first setting works only for read-only queries; `readonly` 2 still allows a query to change settings.
        cancel_http_readonly_queries_on_client_close: 1,
        readonly: "2",
        output_format_json_quote_64bit_integers: 0,
      },
    })
    .catch((error: unknown) => {
      // On abort, the client throws its own error instead of the signal's reason.
      signal?.throwIfAborted();
      throw error;
    });
  const tag = answer.response_headers[EXCEPTION_TAG_HEADER_NAME];
  if (typeof tag !== "string") {
    answer.stream.destroy();
    throw new Error(`the response has no ${EXCEPTION_TAG_HEADER_NAME} header (does a proxy remove it?)`);
  }
  const rows = withoutException(answer.stream, tag);
  return signal ? addAbortSignal(signal, rows) : rows;
}

/**
 * The process behind clickhouse-http-over-chdb.ts. Imitated of ClickHouse's HTTP interface: the query in the body or in
 * `query` with data in the body, inserts of JSONEachRow whose body is zstd, `param_*`, `database`, settings, `default_format`, streamed answers in the formats that
 * Mailglass streams, errors with status and `X-ClickHouse-Exception-Code`, errors in the middle of an answer as version
 * 25.11 and later report them (marked with the response's tag, then the connection breaks off), queries that end when
 * their client goes away, `/ping`, a password. Settings of the HTTP layer and `query_id` are taken and do nothing.
 */
import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { Session } from "chdb";
import { insertEmbedded } from "../../src/stores/clickhouse/embedded-insert.ts";
import { streamEmbedded } from "../../src/stores/clickhouse/embedded-stream.ts";
import type { StreamFormat } from "../../src/stores/clickhouse/event-database.ts";

const folder = process.argv[2] ?? "";
const password = process.env.CLICKHOUSE_PASSWORD ?? "";
const keeper = new Session(folder);
const version = keeper.query("SELECT version()", "TabSeparated").trim();
// A server that runs has its code in memory. This engine has it on a disk, perhaps a busy one, until a first table is
// made: that is not what a client should wait for.
keeper.query("CREATE TABLE default.warm_up (day Date) ENGINE = MergeTree ORDER BY day");
keeper.query("INSERT INTO default.warm_up VALUES ('2026-01-01')");
keeper.query("DROP TABLE default.warm_up SYNC");

const httpOnly = new Set([
  "query",
  "database",
  "default_format",
  "query_id",
  "session_id",
  "role",
  "readonly",
  "wait_end_of_query",
  "cancel_http_readonly_queries_on_client_close",
  "send_progress_in_http_headers",
]);
const notFound = new Set([60, 81]);
const badRequest = new Set([6, 26, 27, 36, 38, 41, 46, 47, 53, 62, 72, 115, 117, 130, 376, 386, 456, 457]);

// ClickHouse takes URLs of up to 1 MB.
const server = createServer({ maxHeaderSize: 1024 ** 2 }, (request, response) => {
  answer(request, response).catch((error: unknown) => {
    if (!response.headersSent) fail(response, error);
    else response.destroy();
  });
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address !== null && typeof address === "object") process.send?.(address.port);
});
process.on("disconnect", () => process.exit());

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://stand-in");
  if (url.pathname === "/ping") {
    response.end("Ok.\n");
    return;
  }
  const bytes = await buffer(request);
  if (password && passwordOf(request) !== password) {
    throw new Error("Code: 516. DB::Exception: Authentication failed: password is incorrect. (AUTHENTICATION_FAILED)");
  }
  const query = url.searchParams.get("query");
  const compressed = request.headers["content-encoding"] === "zstd";
  const [, table] = (compressed && /^INSERT INTO (\w+) FORMAT JSONEachRow$/.exec(query ?? "")) || [];
  const body = table === undefined ? bytes.toString("utf8") : "";
  const text = query === null ? body : `${query}\n${body}`;
  // A parameter's value is the same text as with a server; chDB's own binding would escape it once more.
  const settings = [...url.searchParams].flatMap(([name, value]) =>
    httpOnly.has(name) ? [] : [`${name} = '${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`],
  );
  const mark = randomUUID();
  const session = new Session(folder);
  try {
    await session.queryAsync(`USE \`${url.searchParams.get("database") ?? "default"}\``);
    for (const setting of [`log_comment = '${mark}'`, ...settings]) await session.queryAsync(`SET ${setting}`);
    if (table !== undefined) {
      await insertEmbedded(session, folder, { table, rows: [bytes], compression: "zstd" });
      response.writeHead(200, headers("JSONEachRow", mark)).end();
      return;
    }
    const [, sql = text, named] = /^(.*)\bFORMAT\s+(\w+)\s*$/s.exec(text) ?? [];
    const format = named ?? url.searchParams.get("default_format") ?? "TabSeparated";
    if (/^\s*(SELECT|WITH)\b/i.test(text) && isStreamed(format)) {
      await sendStream(response, session, { sql, format }, mark);
    } else {
      const result = await session.queryAsync(text, { format });
      response.writeHead(200, headers(format, mark)).end(result.bytes());
    }
  } finally {
    session.close();
  }
}

async function sendStream(
  response: ServerResponse,
  session: Session,
  query: { sql: string; format: StreamFormat },
  mark: string,
): Promise<void> {
  const stream = streamEmbedded(session, query, () =>
    keeper.queryBind("KILL QUERY WHERE Settings['log_comment'] = {mark:String} ASYNC", { mark }),
  );
  response.on("close", () => stream.destroy());
  const tag = randomBytes(8).toString("hex");
  try {
    const gone = once(response, "close");
    for await (const chunk of stream) {
      // As with a server, an error before the first rows still has a status.
      if (!response.headersSent) response.writeHead(200, headers(query.format, mark, tag));
      if (!response.write(chunk)) await Promise.race([once(response, "drain"), gone]);
    }
    if (!response.headersSent) response.writeHead(200, headers(query.format, mark, tag));
    response.end();
  } catch (error) {
    if (!response.headersSent) throw error;
    const report = `${textOf(error)}\n`;
    const length = Buffer.byteLength(report);
    response.write(`\r\n__exception__\r\n${tag}\r\n${report}${length} ${tag}\r\n__exception__\r\n`, () =>
      response.destroy(),
    );
  }
}

function isStreamed(format: string): format is StreamFormat {
  return format === "RawBLOB" || format === "JSONEachRow";
}

function headers(format: string, queryId: string, tag = randomBytes(8).toString("hex")): Record<string, string> {
  return {
    "Content-Type": "text/plain; charset=UTF-8",
    "X-ClickHouse-Format": format,
    "X-ClickHouse-Query-Id": queryId,
    "X-ClickHouse-Exception-Tag": tag,
  };
}

function fail(response: ServerResponse, error: unknown): void {
  const text = textOf(error);
  const code = Number(/^Code: (\d+)/.exec(text)?.[1] ?? 1000);
  const status = code === 516 ? 403 : notFound.has(code) ? 404 : badRequest.has(code) ? 400 : 500;
  response.writeHead(status, { "X-ClickHouse-Exception-Code": String(code) });
  response.end(`${text} (version ${version} (official build))\n`);
}

/** The engine's own words. */
function textOf(error: unknown): string {
  const told = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return told instanceof Error ? told.message : String(told);
}

function passwordOf({ headers }: IncomingMessage): string | undefined {
  const [scheme, credentials = ""] = (headers.authorization ?? "").split(" ");
  if (scheme === "Basic") return Buffer.from(credentials, "base64").toString("utf8").split(":").slice(1).join(":");
  return headers["x-clickhouse-key"]?.toString();
}

/**
 * Runs `@clickhouse/client` on chDB instead of HTTP, through its experimental `connection` option. chDB's own
 * implementation (`chdb/connection`) keeps the settings of a call for all later ones, runs one call at a time, and its
 * types no longer match the client's (1.23).
 */
import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import type { createClient } from "@clickhouse/client";
import type { Session } from "chdb";
import { parameterStatement } from "./embedded-parameters.ts";
import { asClickHouseError } from "./embedded-stream.ts";
import { identifier, literal } from "./identifier.ts";

// The client's package doesn't export these types.
type Connection = NonNullable<NonNullable<Parameters<typeof createClient>[0]>["connection"]>;
type Call = Parameters<Connection["query"]>[0];

/** A connection that runs each call on a separate session, which `run` opens and closes. */
export function embeddedConnection(
  run: <Result>(work: (session: Session) => Promise<Result>) => Promise<Result>,
): Connection {
  const execute = (call: Call, body?: string | Readable) =>
    run(async (session) => {
      const data = await text(body);
      // chDB rejects an insert without rows; ClickHouse treats it as a no-op.
      const nothing = body !== undefined && data.trim() === "";
      const bytes = nothing ? Buffer.alloc(0) : await query(session, call, data);
      const stream = Readable.from([bytes], { objectMode: false });
      // Closing an unread result set destroys its stream with an error.
      stream.on("error", () => {});
      return { stream, query_id: call.query_id ?? randomUUID(), response_headers: {}, http_status_code: 200 };
    });
  return {
    query: (call) => execute(call),
    exec: (call) => execute(call, call.values),
    command: (call) => execute(call),
    insert: (call) => execute(call, call.values),
    async ping() {
      try {
        await execute({ query: "SELECT 1" });
        return { success: true };
      } catch (error) {
        return { success: false, error: asClickHouseError(error) };
      }
    },
    close: async () => {},
  };
}

async function query(session: Session, call: Call, data: string): Promise<Uint8Array> {
  try {
    const settings = settingsStatement(call.clickhouse_settings);
    if (settings) await session.queryAsync(settings);
    const sql = data === "" ? call.query : `${call.query}\n${data}`;
    const options = { signal: call.abort_signal };
    const parameters = parameterStatement(call.query_params ?? {});
    if (parameters) await session.queryAsync(parameters);
    return (await session.queryAsync(sql, options)).bytes();
  } catch (error) {
    throw asClickHouseError(error);
  }
}

function settingsStatement(settings: Call["clickhouse_settings"]): string {
  const changes = Object.entries(settings ?? {}).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const text = typeof value === "number" || typeof value === "boolean" ? Number(value) : literal(String(value));
    return [`${identifier(name)} = ${text}`];
  });
  return changes.length > 0 ? `SET ${changes.join(", ")}` : "";
}

async function text(body: string | Readable | undefined): Promise<string> {
  if (body === undefined || typeof body === "string") return body ?? "";
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}

import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type ClickHouseStandIn, startClickHouse } from "../../../test/support/clickhouse-http-over-chdb.ts";
import { eventually } from "../../../test/support/eventually.ts";
import { openEventDatabase } from "./open-event-database.ts";

describe("a ClickHouse server", () => {
  let clickHouse: ClickHouseStandIn;
  const servers: Server[] = [];

  beforeAll(async () => {
    clickHouse = await startClickHouse({ password: "s3cr:t/%" });
  });
  afterAll(() => clickHouse.stop());
  afterEach(() => {
    for (const server of servers.splice(0)) server.close().closeAllConnections();
  });

  /** Something that is not quite a ClickHouse server. */
  async function serve(listener: RequestListener): Promise<string> {
    const server = createServer(listener).listen(0, "127.0.0.1");
    servers.push(server);
    await once(server, "listening");
    const address = server.address();
    return typeof address === "object" ? `http://127.0.0.1:${address?.port}` : "";
  }

  /** A proxy before the real one. `alter` does something to an answer, or nothing. */
  function serveProxy(alter: (query: string, answer: Response) => "cut" | "untag" | undefined): Promise<string> {
    return serve(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const body = Buffer.concat(chunks);
      const answer = await fetch(clickHouse.url + request.url, {
        method: request.method,
        headers: { authorization: request.headers.authorization ?? "" },
        body: request.method === "POST" ? body : undefined,
      });
      const altered = alter(body.toString("utf8"), answer);
      const headers = new Headers(answer.headers);
      headers.delete("transfer-encoding");
      if (altered === "untag") headers.delete("x-clickhouse-exception-tag");
      response.writeHead(answer.status, [...headers].flat());
      const bytes = Buffer.from(await answer.arrayBuffer());
      if (altered === "cut") response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy());
      else response.end(bytes);
    });
  }

  const withPassword = (url: string) => url.replace("://", `://me:${encodeURIComponent("s3cr:t/%")}@`);

  test("takes user, password and database from the URL, or beside it", async () => {
    const events = await openEventDatabase({ url: `${withPassword(clickHouse.url)}/from_url` });
    const beside = await openEventDatabase({ url: clickHouse.url, password: "s3cr:t/%", database: "beside" });
    for (const [opened, name] of [
      [events, "from_url"],
      [beside, "beside"],
    ] as const) {
      const answer = await opened.client.query({ query: "SELECT currentDatabase() AS name", format: "JSONEachRow" });
      expect(await answer.json()).toEqual([{ name }]);
      await opened.close();
    }
  });

  test("is named mailglass where nothing is said", async () => {
    const events = await openEventDatabase({ url: withPassword(clickHouse.url) });
    const answer = await events.client.query({ query: "SELECT currentDatabase() AS name", format: "JSONEachRow" });
    expect(await answer.json()).toEqual([{ name: "mailglass" }]);
    await events.close();
  });

  test("that refuses the password is not opened", async () => {
    const opened = openEventDatabase({ url: clickHouse.url.replace("://", "://me:wrong@") });
    await expect(opened).rejects.toMatchObject({ code: "516" });
  });

  test("that isn't there is not opened", async () => {
    await expect(openEventDatabase({ url: "http://127.0.0.1:9" })).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  test("with a database that isn't a name is not opened", async () => {
    await expect(openEventDatabase({ url: `${clickHouse.url}/a%20b` })).rejects.toThrow(TypeError);
  });

  test("of a version that can't tell errors from rows is not opened", async () => {
    const url = await serve((_request, response) => response.end('{"version":"25.8.11.66","found":1}\n'));
    await expect(openEventDatabase({ url })).rejects.toThrow("version 25.8.11.66; Mailglass needs 25.11");
  });

  describe("behind a proxy", () => {
    const sql = "SELECT concat('row', toString(number), '\\n') FROM numbers(100000)";

    async function read(url: string) {
      const events = await openEventDatabase({ url: withPassword(url) });
      const session = await events.openSession();
      let size = 0;
      try {
        for await (const chunk of await session.stream({ sql, format: "RawBLOB" })) size += chunk.length;
        return size;
      } finally {
        await session.close();
        await events.close();
      }
    }

    test("is read whole", async () => {
      expect(await read(await serveProxy(() => undefined))).toBe(888_890);
    });

    test("that cuts a result, reading fails", async () => {
      await expect(read(await serveProxy((query) => (query.startsWith(sql) ? "cut" : undefined)))).rejects.toThrow();
    });

    test("that takes away the tag of errors, reading fails", async () => {
      const reading = read(await serveProxy((query) => (query.startsWith(sql) ? "untag" : undefined)));
      await expect(reading).rejects.toThrow("x-clickhouse-exception-tag");
    });
  });

  test("goes on when a client breaks off, and ends what it asked for", async () => {
    const events = await openEventDatabase({ url: withPassword(clickHouse.url) });
    const running = async () => {
      const answer = await events.client.query({
        query: "SELECT toUInt32(count()) AS found FROM system.processes WHERE query LIKE '%numbers(1000000000000)%'",
        format: "JSONEachRow",
      });
      // The question itself is one of them.
      return ((await answer.json<{ found: number }>())[0]?.found ?? 0) - 1;
    };
    for (const sql of ["SELECT number", "SELECT sum(sipHash64(number))"]) {
      const abort = new AbortController();
      const sent = fetch(clickHouse.url, {
        method: "POST",
        body: `${sql} FROM numbers(1000000000000) FORMAT JSONEachRow`,
        headers: { "x-clickhouse-key": "s3cr:t/%" },
        signal: abort.signal,
      }).then(async (answer) => answer.arrayBuffer());
      const broken = expect(sent).rejects.toThrow("aborted");
      await eventually(async () => expect(await running()).toBe(1));
      abort.abort();
      await broken;
      await eventually(async () => expect(await running()).toBe(0));
    }
    await events.close();
  });
});

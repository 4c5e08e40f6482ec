/** A server that a mail wants to be asked: it counts who came, and answers with what could do harm. */
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

/** A running server. */
export interface SpyingServer extends AsyncDisposable {
  /** Of another site than the dashboard's, so that no cookie of it belongs here. */
  readonly origin: string;
  readonly requests: { readonly path: string; readonly headers: IncomingHttpHeaders }[];
  /** A connection alone tells the server that the mail is looked at. */
  readonly connections: number;
}

const answers: Readonly<Record<string, readonly [type: string, body: string]>> = {
  css: ["text/css", "body { background: red }"],
  js: ["text/javascript", "alert('a script of another server')"],
  html: ["text/html", "<script>alert('a page of another server')</script>"],
  svg: ["image/svg+xml", '<svg xmlns="http://www.w3.org/2000/svg"><script>alert("svg")</script></svg>'],
};
const picture = Buffer.from("R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==", "base64");

/** Starts it; the ending of a path says what it answers with: a picture unless it is one of the above. */
export async function startSpyingServer(): Promise<SpyingServer> {
  const requests: SpyingServer["requests"] = [];
  let connections = 0;
  const server = createServer(({ url = "", headers }, answer) => {
    requests.push({ path: url, headers });
    const [type, body] = answers[url.split(".").at(-1) ?? ""] ?? ["image/gif", picture];
    answer.writeHead(200, { "content-type": type, "access-control-allow-origin": "*" }).end(body);
  });
  server.on("connection", () => {
    connections += 1;
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    requests,
    get connections() {
      return connections;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Requests with any headers, as a browser's page, or somebody who means ill, makes them; `fetch` keeps some for itself. */
import { type IncomingHttpHeaders, request } from "node:http";

/** What came back. */
export interface BrowserAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Of the body; fails where it is no JSON. */
  json(): unknown;
  /** The `name=value` of the first cookie that was set; empty where none was. */
  readonly cookie: string;
}

/** Asks; `json` is sent as JSON. */
export function browserCall(
  server: string,
  method: string,
  path: string,
  options: { headers?: Readonly<Record<string, string>>; json?: unknown } = {},
): Promise<BrowserAnswer> {
  const body = options.json === undefined ? undefined : JSON.stringify(options.json);
  // Node states no length for a DELETE.
  const ofBody = body && { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
  const headers = { ...ofBody, ...options.headers };
  return new Promise((resolve, reject) => {
    const asked = request(new URL(path, server), { method, headers, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("error", reject);
      answer.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        const [setCookie = ""] = answer.headers["set-cookie"] ?? [];
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          body: text,
          json: () => JSON.parse(text),
          cookie: setCookie.split(";", 1)[0] ?? "",
        });
      });
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

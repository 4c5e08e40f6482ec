/**
 * The minimal server for SendEmail on node:http: reads the body, parses its JSON, returns an ID. It measures only HTTP,
 * and so the upper bound for any Node server. Prints its URL.
 */
import { createServer } from "node:http";

let count = 0;
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const { Content: content }: { Content?: object } = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    const body = JSON.stringify({ MessageId: `${content ? "message" : "nothing"}-${count++}` });
    response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
    response.end(body);
  });
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  console.log(`listens on http://127.0.0.1:${address.port}`);
});

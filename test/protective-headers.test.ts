/** Headers that protect browsers, in every response of every kind. */
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";

let open: InProcessServer;
beforeAll(async () => {
  open = await startInProcess();
});
afterAll(() => open.close());

describe("JSON responses", () => {
  it("are what they say, and not for pages of other sites", async () => {
    for (const [method, path] of [
      ["GET", "/health"],
      ["GET", "/v2/email/account"],
      ["GET", "/v2/email/nothing"],
      ["GET", "/admin/queue"],
      ["GET", "/admin/messages?color=red"],
      ["GET", "/session"],
      ["GET", "/nothing"],
      ["GET", "/admin/%zz"],
      ["PUT", "/uploads/bucket/key"],
      ["GET", "/downloads/exports/a/b"],
    ] as const) {
      const answer = await fetch(open.url + path, { method });
      expect(answer.headers.get("content-type")).toMatch(/^application\/json/);
      expect([path, answer.headers.get("x-content-type-options")]).toEqual([path, "nosniff"]);
      expect([path, answer.headers.get("cross-origin-resource-policy")]).toEqual([path, "same-origin"]);
    }
    const { hostname, port } = new URL(open.url);
    const socket = connect(Number(port), hostname).end("NONSENSE / HTTP/1.1\r\n\r\n");
    expect(await text(socket)).toMatch(
      /^HTTP\/1\.1 400 .*\r\nx-content-type-options: nosniff\r\ncross-origin-resource-policy: same-origin\r\n/s,
    );
  });
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openLink } from "../../../test/support/network-link.ts";
import { putObject } from "../../../test/support/put-object.ts";
import { type S3Server, startS3Server } from "../../../test/support/s3-server.ts";
import type { ObjectStore } from "./object-store.ts";
import { openS3 } from "./s3.ts";

describe("a bucket", () => {
  let server: S3Server;
  let store: ObjectStore;

  beforeAll(async () => {
    server = await startS3Server();
    store = await openS3(server.options);
  });
  afterAll(async () => {
    await store.close();
    await server.close();
  });

  const listed = async (from: ObjectStore) => {
    for await (const _ of from.list("silent/"));
  };
  const inAnHour = () => new Date(Date.now() + 3_600_000);
  const urlOf = async (fileName: string, expires: Date) => {
    const url = await store.downloadUrl("exports/one.csv", fileName, expires);
    if (url === undefined) throw new Error("S3 gave no URL");
    return url;
  };

  test("a signed URL answers the file as a download of the name given", async () => {
    const writer = await store.write("exports/one.csv", "text/csv");
    await writer.write(Buffer.from("a,b\n1,2\n"));
    await writer.finish();
    const answer = await fetch(await urlOf("export 1.csv", inAnHour()));
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe("a,b\n1,2\n");
    expect(answer.headers.get("content-disposition")).toBe('attachment; filename="export_1.csv"');
    expect(answer.headers.get("content-type")).toMatch(/^text\/csv/);
  });

  test("a file name can't break out of its header", async () => {
    await putObject(store, "exports/one.csv", [Buffer.from("x")]);
    const answer = await fetch(await urlOf('a"; filename="evil.exe\r\nSet-Cookie: x=1', inAnHour()));
    expect(answer.headers.get("content-disposition")).toMatch(/^attachment; filename="[\w.-]+"$/);
    expect(answer.headers.get("set-cookie")).toBeNull();
  });

  test("a URL that has expired answers no file", async () => {
    await putObject(store, "exports/one.csv", [Buffer.from("secret")]);
    for (const expires of [new Date(Date.now() - 60_000), new Date(Date.now() - 8 * 86_400_000)]) {
      const answer = await fetch(await urlOf("one.csv", expires));
      expect(answer.status).toBe(403);
      expect(await answer.text()).toMatch(/Request has expired/);
    }
  });

  test("no URL lives longer than the seven days of S3", async () => {
    const url = new URL(await urlOf("one.csv", new Date(Date.now() + 30 * 86_400_000)));
    expect(url.searchParams.get("X-Amz-Expires")).toBe("604800");
  });

  test("a bucket that doesn't exist is an error, not an empty one", async () => {
    const other = await openS3({ ...server.options, bucket: "nobodys" });
    await expect(putObject(other, "a", [Buffer.from("x")])).rejects.toMatchObject({ name: "NoSuchBucket" });
    await expect(other.read("a")).rejects.toMatchObject({ name: "NoSuchBucket" });
    const writer = await other.write("a", "text/plain");
    await writer.write(Buffer.from("x"));
    await expect(writer.finish()).rejects.toMatchObject({ name: "NoSuchBucket" });
    await other.close();
  });

  test("a server that stays silent fails each call, and is used again once it answers", async () => {
    const { port } = new URL(server.options.endpoint ?? "");
    await using link = await openLink(Number(port));
    const endpoint = `http://127.0.0.1:${link.port}`;
    const cut = await openS3({ ...server.options, endpoint, callWithinMs: 500 });
    await putObject(cut, "silent/a", [Buffer.from("x")]);
    link.cut();
    const calls: Record<string, () => Promise<unknown>> = {
      appendToPack: () => cut.appendToPack("silent", [Buffer.from("x")]),
      write: () => putObject(cut, "silent/b", [Buffer.from("x")]),
      read: () => cut.read("silent/a"),
      info: () => cut.info("silent/a"),
      delete: () => cut.delete("silent/a"),
      deleteAll: () => cut.deleteAll(["silent/a", "silent/b"]),
      list: () => listed(cut),
    };
    for (const [name, call] of Object.entries(calls)) await expect(call(), name).rejects.toThrow();
    link.mend();
    expect(await cut.info("silent/a")).toMatchObject({ size: 1 });
    await cut.close();
  });

  test("an upload that fails tells its writer, and can still be aborted", async () => {
    const other = await openS3({ ...server.options, bucket: "nobodys" });
    const writer = await other.write("a", "text/plain");
    await expect(
      (async () => {
        for (let megabytes = 0; megabytes < 64; megabytes++) await writer.write(Buffer.alloc(1 << 20));
        await writer.finish();
      })(),
    ).rejects.toMatchObject({ name: "NoSuchBucket" });
    await writer.abort();
    await other.close();
  });
});

import { PassThrough } from "node:stream";
import { buffer } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { withoutException } from "./exception-trailer.ts";

const tag = "dngjzjnxkvlwkeua";
const message =
  "Code: 395. DB::Exception: boom: while executing. (FUNCTION_THROW_IF_VALUE_IS_NON_ZERO) (version 26.7.2.1)\n";
const trailer = `\r\n__exception__\r\n${tag}\r\n${message}${message.length} ${tag}\r\n__exception__\r\n`;

/** What comes out of a body that is sent in pieces of `size` bytes. */
async function read(text: string, size: number, broken = false) {
  const body = new PassThrough();
  const rows = withoutException(body, tag);
  const seen: Buffer[] = [];
  rows.on("data", (chunk: Buffer) => seen.push(chunk));
  const failure = new Promise<Error | undefined>((resolve) => {
    rows.once("error", resolve);
    rows.once("end", () => resolve(undefined));
  });
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) body.write(bytes.subarray(at, at + size));
  if (broken) setImmediate(() => body.destroy(new Error("aborted")));
  else body.end();
  return { failure: await failure, text: Buffer.concat(seen).toString("utf8") };
}

describe.each([1, 7, 40, 100_000])("a body in pieces of %i bytes", (size) => {
  test("passes whole", async () => {
    const text = `1,é\r\n__exception__\r\nanother tag\r\n\r\n${"x\r\n".repeat(100)}\r\n__excep`;
    expect(await read(text, size)).toEqual({ failure: undefined, text });
  });

  test("fails with the server's error, of which nothing passes", async () => {
    const { failure, text } = await read(`row\nrow\n${trailer}`, size);
    expect(failure).toMatchObject({ code: "395", type: "FUNCTION_THROW_IF_VALUE_IS_NON_ZERO" });
    expect(text).toBe("row\nrow\n");
  });

  test("fails with the server's error where the connection breaks off behind it, or within", async () => {
    for (const sent of [trailer, trailer.slice(0, -30)]) {
      const { failure } = await read(`row\n${sent}`, size, true);
      expect(failure).toMatchObject({ code: "395" });
    }
  });

  test("fails where the connection breaks off", async () => {
    const { failure } = await read("row\nrow\n", size, true);
    expect(failure?.message).toBe("aborted");
  });
});

test("fails where the body closes before its end, without a word", async () => {
  const body = new PassThrough();
  const read = buffer(withoutException(body, tag));
  body.write("row\n");
  body.destroy();
  await expect(read).rejects.toThrow("broke off");
});

test("destroys the body with the rows", () => {
  const body = new PassThrough();
  withoutException(body, tag).destroy();
  return new Promise<void>((resolve) => body.once("close", resolve));
});

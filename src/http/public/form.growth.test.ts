import { describe, it } from "vitest";
import { expectLinear, refusable } from "../../../test/support/growth.ts";
import { filled, numbered } from "../../../test/support/hostile-mails.ts";
import { QueryError, QueryParameters } from "../query-parameters.ts";
import { readForm } from "./form.ts";

describe("forms are read in linear time", () => {
  it.each(["a=b&", "&", "%", "a=%41&"])("%s", async (piece) => {
    await expectLinear(
      (size) => Buffer.from(filled(piece, size)),
      (body) => readForm(body, undefined),
    );
  });

  it.each(['--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n', "--b", "\r\n--", "--b\r\nX: ", "-", "\r\n"])(
    "parts of %j",
    async (piece) => {
      await expectLinear(
        (size) => Buffer.from(`--b\r\n${filled(piece, size)}\r\n--b--\r\n`),
        (body) => readForm(body, "multipart/form-data; boundary=b"),
      );
    },
  );
});

describe("query parameters are read in linear time", () => {
  it.each<[string, (size: number) => string]>([
    ["one", (size) => filled("a=b&", size)],
    ["many", (size) => numbered((one) => `a${one}=b&`, size)],
  ])("%s", async (_, make) => {
    const read = (target: string) => new QueryParameters(target).texts("a");
    await expectLinear((size) => `/x?${make(size)}`, refusable(read, QueryError));
  });
});

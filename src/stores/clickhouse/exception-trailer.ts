/**
 * Errors in the middle of a result over HTTP. The status has already been sent, so ClickHouse (25.11 and later) appends
 * the error to the rows, between markers with a tag unique to the response (its header `X-ClickHouse-Exception-Tag`):
 *
 *   rows \r\n __exception__ \r\n TAG \r\n message \n length TAG \r\n __exception__ \r\n
 *
 * and closes the connection. This module turns that into an error of the stream; none of its bytes pass as rows.
 */
import { type Readable, Transform } from "node:stream";
import { parseError } from "@clickhouse/client";

/** The maximum number of bytes of an error message that are kept. */
const reportLimit = 1024 ** 2;

/** The rows of a response body. The stream errors if the server reports an error or the connection is closed early. */
export function withoutException(body: Readable, tag: string): Readable {
  const mark = Buffer.from(`\r\n__exception__\r\n${tag}\r\n`);
  let held: Buffer = Buffer.alloc(0);
  let report: Buffer | undefined;

  const rows = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (report) {
        if (report.length < reportLimit) report = Buffer.concat([report, chunk]);
        done();
        return;
      }
      const bytes = held.length > 0 ? Buffer.concat([held, chunk]) : chunk;
      const at = bytes.indexOf(mark);
      if (at >= 0) report = bytes.subarray(at + mark.length);
      // The marker may begin at the end of this chunk.
      const whole = at >= 0 ? at : Math.max(0, bytes.length - mark.length + 1);
      held = bytes.subarray(whole);
      done(null, bytes.subarray(0, whole));
    },
    flush(done) {
      if (report) done(reported(report));
      else done(null, held);
    },
  });

  body.on("error", (error) => rows.destroy(report ? reported(report) : error));
  body.on("close", () => {
    if (!body.readableEnded) rows.destroy(report ? reported(report) : new Error("the result broke off"));
  });
  rows.on("close", () => body.destroy());
  return body.pipe(rows);

  function reported(report: Buffer): Error {
    const text = report.toString("utf8");
    const end = text.lastIndexOf(` ${tag}\r\n__exception__`);
    return parseError(end < 0 ? text : text.slice(0, text.lastIndexOf("\n", end)));
  }
}

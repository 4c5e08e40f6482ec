/**
 * The process of `s3-server.ts`: s3rver over a folder (the argument), with the one call added that it lacks and we need,
 * AbortMultipartUpload (its pull request 784 is open since 2021). Tells its parent the port, and ends with it.
 */
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import S3rver from "s3rver";
import { bucket, uploadsFolder } from "./s3-server.ts";

const [directory] = process.argv.slice(2);
if (directory === undefined) throw new Error("which folder?");

const server = new S3rver({
  address: "127.0.0.1",
  port: 0,
  directory,
  silent: true,
  configureBuckets: [{ name: bucket }],
});
server.middleware.unshift(async (context, next) => {
  const id = context.query.uploadId;
  if (context.method !== "DELETE" || typeof id !== "string") return next();
  const upload = join(uploadsFolder(directory), id);
  if (!existsSync(upload)) {
    context.status = 404;
    context.type = "application/xml";
    context.body = "<Error><Code>NoSuchUpload</Code></Error>";
    return;
  }
  await rm(upload, { recursive: true });
  context.status = 204;
  context.body = null;
});
process.on("disconnect", () => process.exit());
process.send?.((await server.run()).port);

/**
 * A small server that speaks S3: s3rver, in a process of its own, since its page tokens need a cipher (DES) that Node
 * only has with `--openssl-legacy-provider`. It knows ranges, multipart uploads, pages and the expiry of signed URLs; it
 * doesn't verify their signatures.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { S3Options } from "../../src/stores/objects/s3.ts";

/** A running server with one empty bucket. */
export interface S3Server {
  options: S3Options;
  /** The ids of the multipart uploads that are neither completed nor aborted. */
  openUploads(): Promise<string[]>;
  close(): Promise<void>;
}

/** The name of the bucket. */
export const bucket = "mailglass";

/** Where s3rver keeps the parts of multipart uploads. */
export function uploadsFolder(directory: string): string {
  return join(directory, bucket, "._S3rver_uploads");
}

/** Starts a server; `close` removes all it held. */
export async function startS3Server(): Promise<S3Server> {
  const directory = await mkdtemp(join(tmpdir(), "mailglass-test-s3-"));
  const server = fork(join(import.meta.dirname, "s3rver-process.ts"), [directory], {
    // Its libraries use what Node deprecates.
    execArgv: ["--openssl-legacy-provider", "--no-deprecation"],
  });
  const ended = once(server, "exit");
  const port = await Promise.race([
    once(server, "message").then(([told]) => String(told)),
    ended.then(([code]) => {
      throw new Error(`s3rver ended with code ${code}`);
    }),
  ]);
  return {
    options: {
      bucket,
      region: "us-east-1",
      endpoint: `http://127.0.0.1:${port}`,
      // What s3rver knows by itself.
      credentials: { accessKeyId: "S3RVER", secretAccessKey: "S3RVER" },
    },
    async openUploads() {
      try {
        return await readdir(uploadsFolder(directory));
      } catch (error) {
        if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
        throw error;
      }
    },
    async close() {
      server.kill();
      await ended;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** `mailglass classify FILE...`: says of mails that came back what they are, a line of JSON for each. Opens no store. */
import { once } from "node:events";
import { open } from "node:fs/promises";
import type { Readable, Writable } from "node:stream";
import { classifyMail, maxMailBytes } from "../../mail/bounce/returned-mail.ts";
import { reportLine } from "./report-line.ts";

const usage = `usage: mailglass classify FILE...
  prints a line of JSON for each mail; - reads one from the standard input`;

/** Where the command reads and writes. */
export interface CommandStreams {
  readonly input: Readable;
  readonly output: Writable;
  readonly errors: Writable;
}

/** Runs the command; resolves to the exit code: 2 without arguments, 1 where a file could not be read. */
export async function classifyCommand(files: readonly string[], streams: CommandStreams): Promise<number> {
  if (files.length === 0 || files.includes("--help")) {
    streams.errors.write(`${usage}\n`);
    return files.length === 0 ? 2 : 0;
  }
  let exitCode = 0;
  // Without a listener an error ends the process; who reads only the first lines makes none that anybody must see.
  let failure: Error | undefined;
  streams.output.on("error", (error) => {
    failure = error;
  });
  for (const file of files) {
    if (failure !== undefined) return endedBy(failure, exitCode);
    let mail: Uint8Array;
    try {
      mail = file === "-" ? await readInput(streams.input) : await readStart(file);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      streams.errors.write(`mailglass classify: ${file} can't be read: ${error.message}\n`);
      exitCode = 1;
      continue;
    }
    const line = JSON.stringify(reportLine(file, classifyMail(mail)));
    if (!streams.output.write(`${line}\n`)) await once(streams.output, "drain").catch(() => undefined);
  }
  return failure === undefined ? exitCode : endedBy(failure, exitCode);
}

function endedBy(failure: Error, exitCode: number): number {
  if ("code" in failure && failure.code === "EPIPE") return exitCode;
  throw failure;
}

/** As much of a file as is looked at, however large it is. */
async function readStart(file: string): Promise<Uint8Array> {
  await using handle = await open(file);
  const { size } = await handle.stat();
  // What is no regular file, such as a pipe, has no size.
  const buffer = Buffer.alloc(size > 0 ? Math.min(size, maxMailBytes) : maxMailBytes);
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length, null);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}

async function readInput(input: Readable): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk);
    chunks.push(bytes);
    length += bytes.length;
    if (length >= maxMailBytes) break;
  }
  return Buffer.concat(chunks);
}

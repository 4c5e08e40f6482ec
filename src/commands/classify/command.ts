/** `mailglass classify FILE...`: classifies returned mails and prints a line of JSON for each. Opens no store. */
import { once } from "node:events";
import { open } from "node:fs/promises";
import type { Readable, Writable } from "node:stream";
import { classifyMail, maxMailBytes } from "../../mail/bounce/returned-mail.ts";
import { reportLine } from "./report-line.ts";

const usage = `usage: mailglass classify FILE...
  Classifies returned mails and prints a line of JSON for each; - reads one from the standard input.`;

/** The command's input and output streams. */
export interface CommandStreams {
  readonly input: Readable;
  readonly output: Writable;
  readonly errors: Writable;
}

/** Runs the command; resolves to the exit code: 2 without arguments, 1 if a file could not be read. */
export async function classifyCommand(files: readonly string[], streams: CommandStreams): Promise<number> {
  if (files.includes("--help") || files.includes("-h")) {
    streams.output.write(`${usage}\n`);
    return 0;
  }
  if (files.length === 0) {
    streams.errors.write(`${usage}\n`);
    return 2;
  }
  let exitCode = 0;
  // Without a listener an error ends the process. A reader that stops after the first lines is not an error to report.
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

/** Reads the start of a file, up to the size limit. */
async function readStart(file: string): Promise<Uint8Array> {
  await using handle = await open(file);
  const { size } = await handle.stat();
  // Files that are not regular, such as pipes, have no size.
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

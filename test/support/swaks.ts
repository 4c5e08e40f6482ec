/** swaks, Debian's SMTP tool: a client that shares no code with the server. */
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

/** What a run said, and whether the mail was taken. */
export interface SwaksRun {
  readonly exitCode: number | null;
  /** Both sides of the session. */
  readonly session: string;
}

/** Runs it against a port of this machine. */
export async function swaks(port: number, ...args: string[]): Promise<SwaksRun> {
  const child = spawn("swaks", [
    "--server",
    "127.0.0.1",
    "--port",
    String(port),
    "--ehlo",
    "client.example.org",
    ...args,
  ]);
  const exit = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  const [out, err, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  return { exitCode, session: out + err };
}

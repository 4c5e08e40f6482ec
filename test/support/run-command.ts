/** Runs the program's commands as its users do. */
import { execFile } from "node:child_process";
import { programCommand } from "./program.ts";

/** How a command ended, and what it wrote. */
export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a command, such as `["keys", "list"]`, to its end. It has no other settings than these. */
export async function runCommand(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  input = "",
): Promise<Ended> {
  const [command, ...first] = await programCommand();
  return new Promise((resolve) => {
    const child = execFile(
      command,
      [...first, ...args],
      // In the temporary folder are the compiled scripts.
      { env: { PATH: process.env.PATH, TMPDIR: process.env.TMPDIR, ...environment } },
      (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
    child.stdin?.end(input);
  });
}

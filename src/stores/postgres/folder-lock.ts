/**
 * Keeps a second process off a folder that takes one. The lock is a Unix socket in Linux's abstract namespace or, on
 * other systems, in the temporary folder: the kernel takes it back when its process ends, however it ends, so no lock is
 * ever left over and no process id has to be trusted.
 */
import { createHash } from "node:crypto";
import { mkdir, realpath, unlink } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The folder belongs to another process. */
export class DataFolderInUse extends Error {
  override name = "DataFolderInUse";
}

/** Takes the folder (made if need be) for this process; resolves to what gives it back. Throws `DataFolderInUse`. */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true });
  const name = `mailglass-${createHash("sha256").update(await realpath(folder)).digest("hex").slice(0, 32)}`;
  const address = process.platform === "linux" ? `\0${name}` : join(tmpdir(), `${name}.sock`);
  const server = createServer((socket) => socket.end(`${process.pid}\n`));
  if (!(await listen(server, address))) {
    const holder = await askHolder(address);
    if (holder === undefined && process.platform !== "linux") {
      // A socket file whose process was killed: nobody answers.
      await unlink(address);
      if (await listen(server, address)) return () => stop(server);
    }
    const who = holder ? `process ${holder}` : "another process";
    throw new DataFolderInUse(
      `the data folder ${folder} is in use by ${who}. Stop it, or give this server another MAILGLASS_DATA_DIR.`,
    );
  }
  return () => stop(server);
}

function listen(server: Server, address: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => (error.code === "EADDRINUSE" ? resolve(false) : reject(error));
    server.once("error", failed);
    server.listen(address, () => {
      server.off("error", failed);
      // The lock must not keep the process alive.
      server.unref();
      resolve(true);
    });
  });
}

function askHolder(address: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect(address);
    socket.setTimeout(1_000, () => socket.destroy());
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.on("error", () => resolve(undefined));
    socket.on("close", () => resolve(text.trim() || undefined));
  });
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

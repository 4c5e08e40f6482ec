/**
 * A receiver in a process of its own: it prints `port N` at its start, and answers each line on its standard input with a
 * line of JSON.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";

export interface ChildSink extends AsyncDisposable {
  readonly port: number;
  /** Resolves to the parsed answer. */
  ask<Answer>(question: string): Promise<Answer>;
}

/** What receivers answer to `count`: how many they took, and the time of the last one in milliseconds since the epoch. */
export interface TakenCount {
  readonly taken: number;
  /** How many of them had a DKIM signature; only of `smtp-sink.ts`. */
  readonly signed?: number;
  readonly last: number;
}

/** Starts a file of this folder, such as `smtp-sink.ts`. */
export async function startChildSink(file: string): Promise<ChildSink> {
  const child = spawn(process.execPath, [join(import.meta.dirname, file)], { stdio: ["pipe", "pipe", "inherit"] });
  const killLeftover = () => child.kill("SIGKILL");
  process.once("exit", killLeftover);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error("the receiver ended");
    return String(value);
  };
  const port = Number((await next()).replace("port ", ""));
  return {
    port,
    async ask(question) {
      child.stdin.write(`${question}\n`);
      return JSON.parse(await next());
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await once(child, "close");
      process.off("exit", killLeftover);
    },
  };
}

/** Resolves to the time of the last one once the receiver has taken `count` of `what`; throws if it took more. */
export async function arrived(sink: ChildSink, count: number, what: string): Promise<number> {
  const deadline = performance.now() + 120_000;
  for (;;) {
    const { taken, last } = await sink.ask<TakenCount>("count");
    if (taken > count) throw new Error(`${taken - count} ${what} arrived twice`);
    if (taken === count) return last;
    if (performance.now() > deadline) throw new Error(`${count - taken} ${what} did not arrive`);
    await delay(20);
  }
}

/** Runs a file of this folder with arguments and standard input; resolves to the number that it prints. */
export async function runChild(file: string, args: readonly (string | number)[], input: string): Promise<number> {
  const child = spawn(process.execPath, [join(import.meta.dirname, file), ...args.map(String)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.end(input);
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
  });
  await once(child, "close");
  return Number(printed);
}

/** A stream of live events, as a key's owner reads it. */
import type { Credentials } from "./admin-caller.ts";
import type { InProcessServer } from "./in-process-server.ts";
import { signHeaders } from "./sign.ts";

export interface LiveStream {
  /** What has come so far. */
  text(): string;
  /** Reads on until what has come fulfils the condition. */
  until(enough: (text: string) => boolean): Promise<void>;
  close(): Promise<void>;
}

/** Opens it; it is ready then. */
export async function liveStream(server: InProcessServer, by: Credentials, lastEventId?: string): Promise<LiveStream> {
  const target = "/admin/live";
  const headers = { host: new URL(server.url).host };
  const signed = signHeaders({ method: "GET", target, headers }, { ...by, now: new Date() });
  const answer = await fetch(server.url + target, {
    headers: { ...signed, ...(lastEventId !== undefined && { "last-event-id": lastEventId }) },
  });
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (answer.status !== 200 || !reader) throw new Error(`the live feed answered ${answer.status}`);
  let text = "";
  const until = async (enough: (text: string) => boolean) => {
    while (!enough(text)) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`the live feed has ended: ${text}`);
      text += value;
    }
  };
  await until((begun) => begun.includes("event: ready"));
  return { text: () => text, until, close: () => reader.cancel() };
}

/** Calls of the admin API that are signed with an access key. */
import type { InProcessServer } from "./in-process-server.ts";
import { signHeaders } from "./sign.ts";

/** What signs. */
export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
}

/** What a call has besides its path. */
export interface SignedCall {
  method?: string;
  /** Sent as JSON. */
  content?: object | undefined;
  region?: string;
}

/** Calls and returns the status and body. A stream is not awaited: its body is empty. */
export async function signedCall(
  server: InProcessServer,
  by: Credentials,
  target: string,
  { method = "GET", content, region = "us-east-1" }: SignedCall = {},
): Promise<{ status: number; text: string }> {
  const body = content && JSON.stringify(content);
  const headers = { host: new URL(server.url).host, ...(content && { "content-type": "application/json" }) };
  const sent = { ...(body !== undefined && { body }) };
  const signed = signHeaders({ method, target, headers, ...sent }, { ...by, now: new Date(), region });
  const answer = await fetch(server.url + target, { method, headers: signed, ...sent });
  const isStream = answer.headers.get("content-type")?.startsWith("text/event-stream");
  if (isStream) await answer.body?.cancel();
  return { status: answer.status, text: isStream ? "" : await answer.text() };
}

/** The access keys of a server that runs in this process, managed as the server's own commands do. */
import type { AccessKey, CreatedKey } from "../../src/access/access-keys.ts";
import { commandKey } from "../../src/access/command-key.ts";
import type { InProcessServer } from "./in-process-server.ts";
import { signHeaders } from "./sign.ts";

/** Asks the admin API of keys, signed with the commands' key at the server's time. */
export async function askForKeys(
  server: InProcessServer,
  now: Date,
  { method, path = "", content }: { method: "GET" | "POST" | "DELETE"; path?: string; content?: object },
): Promise<{ status: number; body: string }> {
  const { id: accessKeyId, secretAccessKey } = commandKey(server.sealer);
  const target = `/admin/access-keys${path}`;
  const body = content && JSON.stringify(content);
  const headers = {
    host: new URL(server.url).host,
    ...(content && { "content-type": "application/json" }),
  };
  const signed = signHeaders(
    { method, target, headers, ...(body === undefined ? {} : { body }) },
    { accessKeyId, secretAccessKey, now },
  );
  const answer = await fetch(server.url + target, { method, headers: signed, ...(body === undefined ? {} : { body }) });
  return { status: answer.status, body: await answer.text() };
}

/** Makes a key. */
export async function createKey(server: InProcessServer, now: Date, content: object = {}): Promise<CreatedKey> {
  const { status, body } = await askForKeys(server, now, { method: "POST", content });
  if (status !== 201) throw new Error(`no key was made (${status}): ${body}`);
  return JSON.parse(body);
}

/** All keys; dates are texts. */
export async function listKeys(server: InProcessServer, now: Date): Promise<AccessKey[]> {
  return JSON.parse((await askForKeys(server, now, { method: "GET" })).body).accessKeys;
}

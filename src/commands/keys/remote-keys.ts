/** The access keys of a running server, through its admin API. */

import { array, boolean, isoTimestamp, object, optional, pipe, string } from "valibot";
import { AccessKeyError, type AccessKeys } from "../../access/access-keys.ts";
import { parseJson } from "../../common/parse-data.ts";
import type { RunningServer } from "../running-server.ts";

/** The operations on keys that commands use. */
export type ManagedKeys = Pick<AccessKeys, "create" | "list" | "delete" | "setActive">;

const date = pipe(string(), isoTimestamp());
const createdKey = object({
  accessKeyId: string(),
  secretAccessKey: string(),
  sessionToken: optional(string()),
  expiresAt: optional(date),
});
const keyList = object({
  accessKeys: array(
    object({
      id: string(),
      active: boolean(),
      description: string(),
      createdAt: date,
      lastUsedAt: optional(date),
      expiresAt: optional(date),
    }),
  ),
});

/** The keys of a server. Its refusals are thrown as `AccessKeyError`. */
export function remoteKeys({ url, ask }: RunningServer): ManagedKeys {
  const at = (id: string, verb = "") => `/admin/access-keys/${encodeURIComponent(id)}${verb}`;

  async function answerOf(asked: Promise<Response>): Promise<Response> {
    const answer = await asked;
    if (answer.ok || answer.status === 404) return answer;
    const said = await answer.text();
    if (answer.status === 403 || answer.status === 401) {
      throw new AccessKeyError(
        `the server at ${url} did not accept this call: the command must have its master key (MAILGLASS_MASTER_KEY, or master.key in MAILGLASS_DATA_DIR) and its MAILGLASS_REGION. It said: ${said}`,
      );
    }
    throw new AccessKeyError(`the server at ${url} refused (${answer.status}): ${messageIn(said)}`);
  }

  const changed = async (asked: Promise<Response>) => (await answerOf(asked)).status !== 404;
  return {
    async create({ description, seconds }) {
      const answer = await answerOf(ask("POST", "/admin/access-keys", { description, seconds }));
      const created = parseJson(createdKey, await answer.text(), `the answer of the server at ${url}`);
      return { ...created, sessionToken: created.sessionToken, expiresAt: dateIn(created.expiresAt) };
    },
    async list() {
      const answer = await answerOf(ask("GET", "/admin/access-keys"));
      const { accessKeys } = parseJson(keyList, await answer.text(), `the answer of the server at ${url}`);
      return accessKeys.map((key) => ({
        ...key,
        createdAt: new Date(key.createdAt),
        lastUsedAt: dateIn(key.lastUsedAt),
        expiresAt: dateIn(key.expiresAt),
      }));
    },
    delete: (id) => changed(ask("DELETE", at(id))),
    setActive: (id, active) => changed(ask("POST", at(id, active ? "/activate" : "/deactivate"))),
  };
}

const dateIn = (text: string | undefined) => (text === undefined ? undefined : new Date(text));

function messageIn(body: string): string {
  try {
    return parseJson(object({ message: string() }), body, "an error").message;
  } catch {
    return body;
  }
}

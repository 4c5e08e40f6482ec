/** The access keys of a running server, through its admin API. */

import { array, boolean, isoTimestamp, object, optional, pipe, string } from "valibot";
import { AccessKeyError, type AccessKeys } from "../../access/access-keys.ts";
import { parseJson } from "../../common/parse-data.ts";
import { acceptedAnswer } from "../admin-answer.ts";
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
      accountId: string(),
      active: boolean(),
      description: string(),
      createdAt: date,
      lastUsedAt: optional(date),
      expiresAt: optional(date),
      allow: optional(array(string())),
    }),
  ),
});

/** The keys of a server. Its refusals are thrown as `AccessKeyError`. */
export function remoteKeys({ url, ask }: RunningServer): ManagedKeys {
  const at = (id: string, verb = "") => `/admin/access-keys/${encodeURIComponent(id)}${verb}`;

  const answerOf = (asked: Promise<Response>) => acceptedAnswer(asked, url, (message) => new AccessKeyError(message));
  const changed = async (asked: Promise<Response>) => (await answerOf(asked)).status !== 404;
  return {
    async create({ description, seconds, accountId: account, allow }) {
      const answer = await answerOf(ask("POST", "/admin/access-keys", { description, seconds, account, allow }));
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
        allow: key.allow,
      }));
    },
    delete: (id) => changed(ask("DELETE", at(id))),
    setActive: (id, active) => changed(ask("POST", at(id, active ? "/activate" : "/deactivate"))),
  };
}

const dateIn = (text: string | undefined) => (text === undefined ? undefined : new Date(text));

/** The accounts of a running server, through its admin API. */
import { array, isoTimestamp, object, optional, pipe, string } from "valibot";
import { AccountError, type Accounts } from "../../accounts/accounts.ts";
import { parseJson } from "../../common/parse-data.ts";
import { acceptedAnswer } from "../admin-answer.ts";
import type { RunningServer } from "../running-server.ts";

const account = object({
  id: string(),
  name: string(),
  regions: array(string()),
  createdAt: optional(pipe(string(), isoTimestamp())),
});

/** The accounts of a server. Its refusals are thrown as `AccountError`. */
export function remoteAccounts({ url, ask }: RunningServer): Accounts {
  const answerOf = (asked: Promise<Response>) =>
    acceptedAnswer(asked, url, (message) => new AccountError("conflict", message));
  const what = `the answer of the server at ${url}`;
  const shown = ({ createdAt, ...rest }: ReturnType<typeof readAccount>) => ({
    ...rest,
    createdAt: createdAt === undefined ? undefined : new Date(createdAt),
  });
  const readAccount = (text: string) => parseJson(account, text, what);
  return {
    async create({ id, name }) {
      return shown(readAccount(await (await answerOf(ask("POST", "/admin/accounts", { id, name }))).text()));
    },
    async list() {
      const text = await (await answerOf(ask("GET", "/admin/accounts"))).text();
      return parseJson(object({ accounts: array(account) }), text, what).accounts.map(shown);
    },
    async delete(id) {
      const { status } = await answerOf(ask("DELETE", `/admin/accounts/${encodeURIComponent(id)}`));
      if (status === 404) throw new AccountError("unknown", `there is no account ${id}`);
    },
  };
}

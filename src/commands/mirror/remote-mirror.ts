/** The sources of a running server, through its admin API. */
import { type GenericSchema, type InferOutput, number, object, optional, string } from "valibot";
import { parseJson } from "../../common/parse-data.ts";
import { acceptedAnswer } from "../admin-answer.ts";
import type { RunningServer } from "../running-server.ts";
import {
  failedFilePage,
  resourceDetails,
  resourceOverview,
  resourcePage,
  setAsidePage,
  shownSource,
  sourceList,
} from "./answers.ts";

/** What the command can't do. The message is for people. */
export class MirrorCommandError extends Error {
  override name = "MirrorCommandError";
}

/** An answer: what is read of it, and its text. */
export interface Answer<Value> {
  readonly value: Value;
  readonly text: string;
}

const replayed = object({ read: number(), events: number(), left: number(), next: optional(number()) });
const newSecret = object({ secret: string(), subscriptionUrl: optional(string()) });

export type RemoteMirror = ReturnType<typeof remoteMirror>;

/** The operations. Refusals are thrown as `MirrorCommandError`. */
export function remoteMirror({ url, ask }: Pick<RunningServer, "url" | "ask">) {
  const path = (id: string, rest = "") => `/admin/mirror/${encodeURIComponent(id)}${rest}`;

  async function answerOf(method: Parameters<RunningServer["ask"]>[0], target: string, body?: object): Promise<string> {
    const refused = (message: string) => new MirrorCommandError(message);
    const answer = await acceptedAnswer(ask(method, target, body), url, refused);
    const text = await answer.text();
    if (answer.status === 404) throw new MirrorCommandError(`the server at ${url} does not have it: ${text}`);
    return text;
  }

  function read<Schema extends GenericSchema>(schema: Schema, text: string): Answer<InferOutput<Schema>> {
    return { value: parseJson(schema, text, `the answer of the server at ${url}`), text };
  }

  return {
    list: async () => read(sourceList, await answerOf("GET", "/admin/mirror")),
    show: async (id: string) => read(shownSource, await answerOf("GET", path(id))),
    add: async (body: object) => read(shownSource, await answerOf("POST", "/admin/mirror", body)),
    change: async (id: string, body: object) => read(shownSource, await answerOf("PATCH", path(id), body)),
    rotateSecret: async (id: string) => read(newSecret, await answerOf("POST", path(id, "/rotate-secret"))),
    setAside: async (id: string, after: number) =>
      read(setAsidePage, await answerOf("GET", path(id, `/set-aside?after=${after}`))),
    failedFiles: async (id: string, after: string) =>
      read(failedFilePage, await answerOf("GET", path(id, `/failed-files?${new URLSearchParams({ after })}`))),
    replay: async (id: string, after: number | undefined) =>
      read(replayed, await answerOf("POST", path(id, "/set-aside/replay"), after === undefined ? {} : { after })),
    resources: async (id: string) => read(resourceOverview, await answerOf("GET", path(id, "/resources"))),
    resourcePage: async (id: string, kind: string, after: string | undefined) =>
      read(resourcePage, await answerOf("GET", path(id, `/resources?${parametersOf({ kind, after })}`))),
    resource: async (id: string, kind: string, name: string) =>
      read(resourceDetails, await answerOf("GET", path(id, `/resources?${parametersOf({ kind, name })}`))),
    async remove(id: string): Promise<void> {
      await answerOf("DELETE", path(id));
    },
    /** The ID of the source with this name or ID. */
    async idOf(nameOrId: string): Promise<string> {
      const { sources } = (await this.list()).value;
      const found = sources.find(({ id, name }) => name === nameOrId || id === nameOrId.toLowerCase());
      if (!found) throw new MirrorCommandError(`there is no source ${nameOrId}; \`mailglass mirror list\` lists them`);
      return found.id;
    },
  };
}

function parametersOf(members: Readonly<Record<string, string | undefined>>): string {
  const present = Object.entries(members).filter((member): member is [string, string] => member[1] !== undefined);
  return new URLSearchParams(present).toString();
}

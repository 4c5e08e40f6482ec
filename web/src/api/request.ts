/** Requests of this page to its own server. The session's cookie goes along by itself; what changes something adds its token. */
import { ApiError } from "./api-error.ts";
import { type ScopeChoice, scoped } from "./scope.ts";

/** What a request may have besides method and path. */
export interface RequestOptions {
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is, with its own type; used for files. */
  readonly body?: Blob;
  readonly signal?: AbortSignal | undefined;
  /** The account and region that it is about, where not those of the document. */
  readonly scope?: ScopeChoice | undefined;
}

export type Method = "DELETE" | "GET" | "PATCH" | "POST" | "PUT";

let csrfToken: string | undefined;

/** Keeps the token that goes with requests that change something, as `GET /session` told it. */
export function setCsrfToken(token: string | undefined): void {
  csrfToken = token;
}

/** Asks, and resolves with the answer where its status is good. Rejects with an `ApiError`. */
export async function request(method: Method, path: string, options: RequestOptions = {}): Promise<Response> {
  const { json, body, signal, scope } = options;
  const headers = new Headers({ accept: "application/json" });
  if (json !== undefined) headers.set("content-type", "application/json");
  if (method !== "GET" && csrfToken !== undefined) headers.set("x-csrf-token", csrfToken);
  const content = json === undefined ? (body ?? null) : JSON.stringify(json);
  let answer: Response;
  try {
    answer = await fetch(about(path, scope), {
      method,
      headers,
      body: content,
      signal: signal ?? null,
      credentials: "same-origin",
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError("The server does not answer. Is it running?", 0, "");
  }
  if (!answer.ok) throw await errorOf(answer);
  return answer;
}

/** What the APIs answer is about an account and a region; sessions and the state of the server are not. */
function about(path: string, scope: ScopeChoice | undefined): string {
  return /^\/(admin|v2)\//.test(path) ? scoped(path, scope) : path;
}

/** Asks for JSON of a type that the caller knows. Rejects with an `ApiError`. */
export async function requestJson<Answer>(method: Method, path: string, options?: RequestOptions): Promise<Answer> {
  const answer = await request(method, path, options);
  return JSON.parse(await answer.text());
}

async function errorOf(answer: Response): Promise<ApiError> {
  return answeredError(answer.status, await answer.text(), answer.headers.get("x-amzn-errortype"));
}

/** The error that an answer tells, of its status, its body and SES's header with the error's name. */
export function answeredError(status: number, text: string, errorType: string | null): ApiError {
  // SES's header may end in a colon and a URL.
  const [code = ""] = (errorType ?? "").split(":");
  return new ApiError(messageIn(text) ?? `The server answered ${status}.`, status, code);
}

function messageIn(text: string): string | undefined {
  try {
    const { message }: { message?: unknown } = JSON.parse(text);
    return typeof message === "string" && message !== "" ? message : undefined;
  } catch {
    return undefined;
  }
}

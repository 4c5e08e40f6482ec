/** Reads the answers of a running server's admin API. */
import { object, string } from "valibot";
import { parseJson } from "../common/parse-data.ts";

/**
 * The answer, which is one of success or 404. Any other is thrown as what `refused` makes of a message for people.
 * @param url the server's
 */
export async function acceptedAnswer(
  asked: Promise<Response>,
  url: string,
  refused: (message: string) => Error,
): Promise<Response> {
  const answer = await asked;
  if (answer.ok || answer.status === 404) return answer;
  const said = await answer.text();
  if (answer.status === 403 || answer.status === 401) {
    throw refused(
      `the server at ${url} did not accept this call: the command must have its master key (MAILGLASS_MASTER_KEY, or master.key in MAILGLASS_DATA_DIR) and its MAILGLASS_REGION. It said: ${said}`,
    );
  }
  throw refused(`the server at ${url} refused (${answer.status}): ${messageIn(said)}`);
}

function messageIn(body: string): string {
  try {
    return parseJson(object({ message: string() }), body, "an error").message;
  } catch {
    return body;
  }
}

/** The error that a call of an operation of SES v1 is answered with, for tests of handlers. */
import type { QueryApiError } from "../../src/contract/v1/errors.ts";
import { queryErrorOf } from "../../src/contract/v1/map-error.ts";

/** Code, text and members of the error; fails where the call answers something else, or meets a defect. */
export async function v1RefusalOf(
  answer: Promise<unknown>,
): Promise<[code: string, text: string | undefined, members: QueryApiError["members"]]> {
  let thrown: unknown;
  try {
    await answer;
  } catch (error) {
    thrown = error;
  }
  if (thrown === undefined) throw new Error("The call was not refused");
  const { code, text, members } = queryErrorOf(thrown, (defect) => {
    throw defect;
  });
  return [code, text, members];
}

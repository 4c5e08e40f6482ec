import { SESv2ServiceException } from "@aws-sdk/client-sesv2";

/** Name and message of the error that a call must answer. */
export async function refused(call: Promise<unknown>): Promise<[string, string]> {
  const error = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(error instanceof SESv2ServiceException)) throw new Error("the call was not refused", { cause: error });
  return [error.name, error.message];
}

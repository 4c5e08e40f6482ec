/** Sends a file, and tells how far it is: `fetch` can't tell. */
import type { UploadUrl } from "../../../src/admin-api/imports.ts";
import { ApiError } from "./api-error.ts";
import { answeredError } from "./request.ts";

/**
 * Puts a file where `createUpload` said. The server may be reached by another name than its public one: only the path
 * counts. Rejects with an `ApiError`, and with the signal's reason where it was aborted.
 * @param tell hears the share that was sent, from 0 to 1.
 */
export function uploadFile(
  { url }: UploadUrl,
  file: Blob,
  { signal, tell }: { signal: AbortSignal; tell: (share: number) => void },
): Promise<void> {
  const { pathname, search } = new URL(url, location.href);
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const request = new XMLHttpRequest();
    request.open("PUT", pathname + search);
    request.upload.addEventListener("progress", ({ loaded, total }) => tell(total > 0 ? loaded / total : 1));
    request.addEventListener("load", () => {
      if (request.status >= 200 && request.status < 300) resolve();
      else reject(answeredError(request.status, request.responseText, request.getResponseHeader("x-amzn-errortype")));
    });
    request.addEventListener("error", () => {
      reject(new ApiError("The upload broke off: the server does not answer. Is it running?", 0, ""));
    });
    request.addEventListener("abort", () => reject(signal.reason));
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

/** A file that can't be imported at all. The message is for the caller: it says what is wrong and what to do. */
export class ImportError extends Error {
  override name = "ImportError";
}

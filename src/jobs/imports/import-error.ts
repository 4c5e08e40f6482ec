/** A file that can't be imported as a whole. Its message is what the caller is told: what is wrong and what to do. */
export class ImportError extends Error {
  override name = "ImportError";
}

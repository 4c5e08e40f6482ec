/** A certificate or key can't be used for S/MIME. The message is for people. */
export class SmimeError extends Error {
  override name = "SmimeError";
}

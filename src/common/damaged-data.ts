/**
 * Stored data that is damaged or partly missing: the request is refused, since any answer would be wrong. The message
 * says what is damaged; callers of the API see it.
 */
export class DamagedData extends Error {
  override name = "DamagedData";
}

/** What a key of the object store may be. */

const keyPattern = /^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/;

/** Keys come from us, but a store never trusts one: no `..`, nothing absolute, nothing hidden. Throws an `Error`. */
export function assertObjectKey(key: string): void {
  if (!keyPattern.test(key) || key.split("/").some((name) => name.startsWith("."))) {
    throw new Error(`not a key of the object store: ${JSON.stringify(key)}`);
  }
}

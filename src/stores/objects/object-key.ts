/** Validation of object store keys. */

const keyPattern = /^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/;

/** Keys are generated here, but stores don't trust them: no `..`, nothing absolute or hidden. Throws an `Error`. */
export function assertObjectKey(key: string): void {
  if (!keyPattern.test(key) || key.split("/").some((name) => name.startsWith("."))) {
    throw new Error(`not a key of the object store: ${JSON.stringify(key)}`);
  }
}

/** Names that stand in SQL text, where a parameter can't. */

/** The name, checked: letters, digits and `_`. Throws a `TypeError` for anything else. */
export function identifier(name: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,62}$/.test(name)) {
    throw new TypeError(`${JSON.stringify(name)} is not a name of letters, digits and _`);
  }
  return name;
}

/** Parts of SQL text that can't be parameters: identifiers and string literals. */

/** Returns the name if it consists of letters, digits and `_`; throws a `TypeError` otherwise. */
export function identifier(name: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,62}$/.test(name)) {
    throw new TypeError(`${JSON.stringify(name)} is not a name of letters, digits and _`);
  }
  return name;
}

/** A string as a ClickHouse literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

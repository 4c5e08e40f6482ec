/** What stands in SQL text where a parameter can't: names, and texts in quotes. */

/** The name, checked: letters, digits and `_`. Throws a `TypeError` for anything else. */
export function identifier(name: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,62}$/.test(name)) {
    throw new TypeError(`${JSON.stringify(name)} is not a name of letters, digits and _`);
  }
  return name;
}

/** A text as a literal of ClickHouse. */
export function literal(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/** The address of a recipient as contacts have it: the domain in lower case, the local part as given. */
export function asContactAddress(address: string): string {
  // A quoted local part may have an `@` of its own.
  const at = address.lastIndexOf("@");
  return `${address.slice(0, at)}${address.slice(at).toLowerCase()}`;
}

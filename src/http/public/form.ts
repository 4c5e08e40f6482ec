/** Parses HTML forms: `application/x-www-form-urlencoded`, and `multipart/form-data` as required by RFC 8058, 3.2. */

/** The fields of a form, without files. */
export interface Form {
  get(name: string): string | undefined;
  getAll(name: string): string[];
}

/** More fields than any of our forms has. */
const maxFields = 200;

/**
 * Parses a form; undefined if it has too many fields. Mail programs post with any media type, so every body that is not
 * `multipart/form-data` is parsed as urlencoded. A malformed one has no fields that a caller would look for.
 */
export async function readForm(body: Uint8Array, type: string | undefined): Promise<Form | undefined> {
  const mediaType = /^[^\s;]*/.exec(type ?? "")?.[0].toLowerCase();
  let fields: [string, unknown][];
  if (mediaType === "multipart/form-data") {
    try {
      const response = new Response(Buffer.from(body), { headers: { "content-type": type ?? "" } });
      fields = [...(await response.formData())];
    } catch {
      // It throws for malformed bodies (a TypeError).
      fields = [];
    }
  } else {
    fields = [...new URLSearchParams(Buffer.from(body).toString("utf8"))];
  }
  if (fields.length > maxFields) return undefined;
  const valuesOf = (name: string) =>
    fields.flatMap(([key, value]) => (key === name && typeof value === "string" ? [value] : []));
  return { get: (name) => valuesOf(name)[0], getAll: valuesOf };
}

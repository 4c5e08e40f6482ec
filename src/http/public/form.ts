/** Reads HTML forms: `application/x-www-form-urlencoded`, and the `multipart/form-data` that RFC 8058, 3.2 asks for. */

/** The fields of a form, files left out. */
export interface Form {
  get(name: string): string | undefined;
  getAll(name: string): string[];
}

/** More fields than any form here has. */
const maxFields = 200;

/** Reads a form; undefined where the body is none. A body that names no type is read as urlencoded. */
export async function readForm(body: Uint8Array, type: string | undefined): Promise<Form | undefined> {
  const mediaType = /^[^\s;]*/.exec(type ?? "")?.[0].toLowerCase();
  let fields: [string, unknown][];
  if (mediaType === "" || mediaType === "application/x-www-form-urlencoded") {
    fields = [...new URLSearchParams(Buffer.from(body).toString("utf8"))];
  } else if (mediaType === "multipart/form-data") {
    try {
      const response = new Response(Buffer.from(body), { headers: { "content-type": type ?? "" } });
      fields = [...(await response.formData())];
    } catch {
      // Whatever it throws (a TypeError, for what is malformed), the bytes were the client's.
      return undefined;
    }
  } else {
    return undefined;
  }
  if (fields.length > maxFields) return undefined;
  const valuesOf = (name: string) =>
    fields.flatMap(([key, value]) => (key === name && typeof value === "string" ? [value] : []));
  return { get: (name) => valuesOf(name)[0], getAll: valuesOf };
}

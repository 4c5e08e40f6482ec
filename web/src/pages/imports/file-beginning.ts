/** The beginning of a file to import, as the preview takes it. */

/** What the preview takes at most. */
const mostBytes = 1 << 20;

/** The format that a name says; CSV where it says none. */
export function formatOfName(name: string): "CSV" | "JSON" {
  return /\.(json|ndjson|jsonl)(\.gz)?$/i.test(name) ? "JSON" : "CSV";
}

/** The first bytes, unpacked where the file begins as gzip files do (RFC 1952, 2.3.1), and whether they are the whole. */
export async function beginningOf(file: Blob): Promise<{ bytes: Blob; whole: boolean }> {
  const [first, second] = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  if (first !== 0x1f || second !== 0x8b) {
    return { bytes: file.slice(0, mostBytes), whole: file.size <= mostBytes };
  }
  const reader = file.stream().pipeThrough(new DecompressionStream("gzip")).getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  while (size <= mostBytes) {
    const { done, value } = await reader.read();
    if (done) return { bytes: new Blob(chunks), whole: true };
    chunks.push(value);
    size += value.length;
  }
  await reader.cancel();
  return { bytes: new Blob(chunks).slice(0, mostBytes), whole: false };
}

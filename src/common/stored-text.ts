/** Texts that are stored compressed with zstd. */
import { promisify } from "node:util";
import { zstdDecompress, zstdDecompressSync } from "node:zlib";
import { MalformedData } from "./parse-data.ts";

const decompress = promisify(zstdDecompress);

/** In bytes. Handing a smaller payload to the thread pool takes longer than to decompress it. */
const inlineBelow = 128 * 1024;

/**
 * Reads a text.
 * @param what names the data in errors, such as `the row of the outbox`
 * @throws MalformedData if it is damaged
 */
export async function readStoredText(payload: Uint8Array, what: string): Promise<string> {
  try {
    const bytes = payload.length < inlineBelow ? zstdDecompressSync(payload) : await decompress(payload);
    return bytes.toString("utf8");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && isDamage(error.code))) throw error;
    throw new MalformedData(`${what} is damaged: ${error.message}`, { cause: error });
  }
}

/** Z_BUF_ERROR is a text that ends too early. A lack of memory is no damage. */
function isDamage(code: unknown): boolean {
  return code === "Z_BUF_ERROR" || (typeof code === "string" && /^ZSTD_error_(?!memory)/.test(code));
}

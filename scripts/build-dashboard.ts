/**
 * Builds the dashboard's pages into dist/pages, with each text compressed beside it: the server sends files as they lie.
 * `npm ci` runs it with `--if-possible`, which is content where the libraries for it are left out (`--omit=dev`).
 */
import { glob, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const root = join(import.meta.dirname, "..");
const target = join(root, "dist/pages");

const vite = await import("vite").catch((error: unknown) => {
  if (process.argv.includes("--if-possible")) return undefined;
  throw error;
});
if (vite) {
  await vite.build({ configFile: join(root, "dashboard/vite.config.ts"), logLevel: "warn" });
  for await (const path of glob("assets/*.{js,css,svg}", { cwd: target })) await compress(join(target, path));
} else {
  console.log("The dashboard is not built: that takes the development dependencies.");
}

async function compress(file: string): Promise<void> {
  const content = await readFile(file);
  const parameters = { [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
  const [br, gz] = await Promise.all([
    promisify(brotliCompress)(content, { params: parameters }),
    promisify(gzip)(content, { level: 9 }),
  ]);
  await Promise.all([writeFile(`${file}.br`, br), writeFile(`${file}.gz`, gz)]);
}

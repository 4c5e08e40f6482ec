/**
 * Builds the dashboard's pages into dist/pages, with compressed copies of text files, since the server sends files
 * unchanged. Existing pages are replaced only once the new ones are complete, since a server may be sending them.
 * `npm ci` runs it with `--if-possible`: it succeeds without building if dev dependencies are missing (`--omit=dev`).
 */
import { glob, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const root = join(import.meta.dirname, "..");
const target = join(root, "dist/pages");
const next = join(root, `dist/pages.${process.pid}`);
const former = `${next}.former`;

// Vite reads it from the environment: under tests it would bundle React's development build.
process.env.NODE_ENV = "production";
const vite = await import("vite").catch((error: unknown) => {
  if (process.argv.includes("--if-possible")) return undefined;
  throw error;
});
if (vite) {
  await vite.build({
    configFile: join(root, "web/vite.config.ts"),
    logLevel: "warn",
    build: { outDir: next, emptyOutDir: true },
  });
  for await (const path of glob("assets/*.{js,css,svg}", { cwd: next })) await compress(join(next, path));
  await mkdir(target, { recursive: true });
  await rename(target, former);
  await rename(next, target);
  await rm(former, { recursive: true });
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

/**
 * Builds the template for new PGlite data folders into dist/, if the one for this code doesn't exist yet, and removes
 * outdated ones.
 */
import { existsSync } from "node:fs";
import { glob, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeTemplate, templateName } from "../src/stores/postgres/folder-template.ts";

const target = join(import.meta.dirname, "../dist");
const name = templateName();

if (!existsSync(join(target, name))) {
  const template = await makeTemplate();
  await mkdir(target, { recursive: true });
  // A server must not read an incomplete file.
  const next = join(target, `postgres-template.${process.pid}`);
  await writeFile(next, template);
  await rename(next, join(target, name));
}
for await (const other of glob("postgres-template.*.tar.zst", { cwd: target })) {
  if (other !== name) await rm(join(target, other), { force: true });
}

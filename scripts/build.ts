/**
 * Builds the published package: `npm run build` bundles src/ into dist/, adds the types of `mailglass/testing`, the SQL
 * migrations, the dashboard's pages and the template of a data folder, and makes dist/main.js executable. Node can run the
 * sources directly, but doesn't strip types below node_modules, hence the build.
 *
 * With `--without-prepare`, it leaves the pages and the template to the script `prepare`, which npm runs after `prepack`.
 */
import { execFileSync } from "node:child_process";
import { chmod, copyFile, glob, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { bundle } from "./bundle.ts";
import { packageEntries } from "./package-entries.ts";

const root = join(import.meta.dirname, "..");
const source = join(root, "src");
const target = join(root, "dist");

// The pages stay until new ones exist, since a server may be sending them. An outdated template is replaced.
for await (const path of glob("*", { cwd: target })) {
  if (path !== "pages" && !path.startsWith("postgres-template."))
    await rm(join(target, path), { recursive: true, force: true });
}
await bundle({ entries: packageEntries, folder: target, filesAt: "folder" });
// Only the library has users that compile against it.
const types = await mkdtemp(join(tmpdir(), "mailglass-types-"));
try {
  const compiler = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");
  const options = ["-p", join(root, "tsconfig.build.json"), "--outDir", types];
  execFileSync(process.execPath, [compiler, ...options], { stdio: "inherit" });
  for await (const path of glob(["testing/*.d.ts", "admin-api/faults.d.ts"], { cwd: types })) {
    const text = await readFile(join(types, path), "utf8");
    await mkdir(dirname(join(target, path)), { recursive: true });
    // tsc rewrites the extensions of imports in code only.
    await writeFile(join(target, path), text.replaceAll(/(["'])(\.[^"']+)\.ts\1/g, "$1$2.js$1"));
  }
} finally {
  await rm(types, { recursive: true });
}
await copyFiles("**/*.sql", source);

const others = process.argv.includes("--without-prepare") ? [] : ["build-dashboard.ts", "build-postgres-template.ts"];
for (const script of others) {
  execFileSync(process.execPath, [join(import.meta.dirname, script)], { stdio: "inherit" });
}

const command = join(target, "main.js");
const code = await readFile(command, "utf8");
if (!code.startsWith("#!")) await writeFile(command, `#!/usr/bin/env node\n${code}`);
await chmod(command, 0o755);

/** Copies the files of a folder into the same places in dist/. */
async function copyFiles(pattern: string, from: string): Promise<void> {
  for await (const path of glob(pattern, { cwd: from })) {
    await mkdir(dirname(join(target, path)), { recursive: true });
    await copyFile(join(from, path), join(target, path));
  }
}

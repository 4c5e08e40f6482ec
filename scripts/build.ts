/**
 * Builds the published package: `npm run build` compiles src/ into dist/, adds the files that the code reads at runtime
 * (SQL migrations, JSON data), the dashboard's pages and the template of a data folder, and makes dist/main.js
 * executable. Node can run the sources directly, but doesn't strip types below node_modules, hence the build.
 */
import { execFileSync } from "node:child_process";
import { chmod, copyFile, glob, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const root = join(import.meta.dirname, "..");
const source = join(root, "src");
const target = join(root, "dist");

// The pages stay until new ones exist, since a server may be sending them. An outdated template is replaced.
for await (const path of glob("*", { cwd: target })) {
  if (path !== "pages" && !path.startsWith("postgres-template."))
    await rm(join(target, path), { recursive: true, force: true });
}
const compiler = createRequire(import.meta.url).resolve("typescript/package.json");
execFileSync(process.execPath, [join(dirname(compiler), "bin/tsc"), "-p", join(root, "tsconfig.build.json")], {
  stdio: "inherit",
});

for await (const path of glob("**/*.{sql,json}", { cwd: source })) {
  await mkdir(dirname(join(target, path)), { recursive: true });
  await copyFile(join(source, path), join(target, path));
}

for (const script of ["build-dashboard.ts", "build-postgres-template.ts"]) {
  execFileSync(process.execPath, [join(import.meta.dirname, script)], { stdio: "inherit" });
}

const command = join(target, "main.js");
const code = await readFile(command, "utf8");
if (!code.startsWith("#!")) await writeFile(command, `#!/usr/bin/env node\n${code}`);
await chmod(command, 0o755);

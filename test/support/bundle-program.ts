/** The program as test processes run it: bundled once for a run, since a start is most of what a short process does. */
import { mkdtemp, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle } from "../../scripts/bundle.ts";
import { packageEntries } from "../../scripts/package-entries.ts";

/** Bundles it into a new temporary folder; resolves to the file to run. */
export async function bundleProgram(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "mailglass-program-"));
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  await symlink(join(import.meta.dirname, "../../node_modules"), join(folder, "node_modules"));
  await bundle({ entries: packageEntries, folder, filesAt: "source" });
  return join(folder, "main.js");
}

/** The program in a few files instead of two thousand modules of src/ and of packages: a quarter less to do at a start. */
import { mkdtemp, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { build, type Plugin } from "vite";

const project = join(import.meta.dirname, "../..");

/** What can't be in a bundle: native code, and what looks for files beside itself. */
const external = ["chdb", "@electric-sql/pglite", "pino"];

/** Starts a thread from a file beside itself, which is bundled, too. */
const threadStarter = join(project, "src/commands/end-on-stall.ts");

/** Modules that read files beside themselves (migrations, pages, the template) read those of src/ and dist/. */
const keepPlaces: Plugin = {
  name: "keep-places",
  transform(code, id) {
    if (!id.startsWith(join(project, "src/")) || id === threadStarter) return undefined;
    return code
      .replaceAll("import.meta.dirname", JSON.stringify(dirname(id)))
      .replaceAll("import.meta.url", JSON.stringify(pathToFileURL(id).href));
  },
};

/** Bundles it into a new temporary folder; resolves to the file to run. Takes seconds. */
export async function bundleProgram(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "mailglass-program-"));
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  await symlink(join(project, "node_modules"), join(folder, "node_modules"));
  await build({
    configFile: false,
    root: project,
    logLevel: "warn",
    plugins: [keepPlaces],
    ssr: { noExternal: true, external },
    build: {
      ssr: true,
      outDir: folder,
      emptyOutDir: false,
      minify: false,
      target: "node24",
      rolldownOptions: {
        input: { main: join(project, "src/main.ts"), "stall-watch": join(project, "src/commands/stall-watch.ts") },
        output: { entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js", keepNames: true },
      },
    },
  });
  return join(folder, "main.js");
}

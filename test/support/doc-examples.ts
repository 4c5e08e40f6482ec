/** The examples of a page in docs/ as a project of their own, with this project's sources as its package `mailglass`. */
import { execFile } from "node:child_process";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { packageEntries } from "../../scripts/package-entries.ts";

const project = join(import.meta.dirname, "../..");

/** The examples of a page that begin with a comment with their file's name, by that name. */
export async function readExamples(page: string): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(join(project, "docs", page), "utf8");
  const blocks = [...text.matchAll(/^```(?:ts|js)\n(.*?)^```$/gms)].map(([, code = ""]) => code);
  return new Map(blocks.map((code) => [/^\/\/ (\S+)\n/.exec(code)?.[1] ?? "", code]));
}

/** The examples of a page in a language, as the page names it: `python`. */
export async function examplesIn(page: string, language: string): Promise<readonly string[]> {
  const text = await readFile(join(project, "docs", page), "utf8");
  return text
    .matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"))
    .map(([, code = ""]) => code)
    .toArray();
}

/** Makes packages of this project those of the project in the folder. */
export async function linkPackages(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await mkdir(join(folder, "node_modules", name, ".."), { recursive: true });
    await symlink(join(project, "node_modules", name), join(folder, "node_modules", name));
  }
}

/** A file of a package of this project. */
export function packageFile(name: string, path: string): string {
  return join(project, "node_modules", name, path);
}

/** Writes a project with these files; `packages` are installed in it, besides `mailglass`. */
export async function writeProject(
  folder: string,
  files: Readonly<Record<string, string>>,
  packages: readonly string[],
): Promise<void> {
  await linkPackages(folder, packages);
  const own = join(folder, "node_modules/mailglass");
  await mkdir(own, { recursive: true });
  await symlink(join(project, "src"), join(own, "src"));
  const { name, exports }: { name: string; exports: Record<string, { default?: string }> } = JSON.parse(
    await readFile(join(project, "package.json"), "utf8"),
  );
  // The package has bundled files, and this one their sources.
  const sources = Object.entries(exports).flatMap(([entry, { default: file = "" }]) => {
    const source = packageEntries[/^\.\/dist\/(.*)\.js$/.exec(file)?.[1] ?? ""];
    return source === undefined ? [] : [[entry, `./src/${source}.ts`]];
  });
  await writeFile(
    join(own, "package.json"),
    JSON.stringify({ name, type: "module", exports: Object.fromEntries(sources) }),
  );
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  for (const [path, text] of Object.entries(files)) await writeFile(join(folder, path), text);
}

/** How a command ended, and all that it wrote. */
export interface Ended {
  code: number;
  output: string;
}

/** Runs Node with arguments in a folder, without what the test runner has told this process. */
export function runNode(folder: string, ...args: string[]): Promise<Ended> {
  return runNodeWith({}, folder, ...args);
}

/** The same with more variables of the environment. */
export function runNodeWith(
  variables: Readonly<Record<string, string>>,
  folder: string,
  ...args: string[]
): Promise<Ended> {
  const { PATH, HOME, CI } = process.env;
  const env = { PATH, HOME, CI, NO_COLOR: "1", ...variables };
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: folder, env }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), output: stdout + stderr });
    });
  });
}

/**
 * Bundles our own code into a few files; packages stay in node_modules. A process that loads them instead of 900 files
 * starts a fifth faster.
 */
import { dirname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { build, type Plugin } from "vite";

const source = join(import.meta.dirname, "../src");

export interface BundleOptions {
  /**
   * The files to bundle, below src/ and without their extension, by the path of the result. A file that finds others
   * beside itself must be directly in the folder.
   */
  readonly entries: Readonly<Record<string, string>>;
  /** The folder for the result. What is in it stays. */
  readonly folder: string;
  /**
   * Where modules find what is beside them (migrations, pages, the template): at the same paths in the folder, as in the
   * package, or in src/.
   */
  readonly filesAt: "folder" | "source";
}

/** Bundles; takes a second. */
export async function bundle({ entries, folder, filesAt }: BundleOptions): Promise<void> {
  const input = Object.entries(entries).map(([name, path]) => [name, join(source, `${path}.ts`)]);
  await build({
    configFile: false,
    root: join(source, ".."),
    logLevel: "warn",
    plugins: [keepPlaces(filesAt)],
    ssr: { external: true },
    build: {
      ssr: true,
      outDir: folder,
      emptyOutDir: false,
      minify: false,
      target: "node24",
      rolldownOptions: {
        input: Object.fromEntries(input),
        output: {
          entryFileNames: "[name].js",
          // In the folder itself: the places in `keepPlaces` are relative to it.
          chunkFileNames: "[name]-[hash].js",
          // For names of errors and stack traces.
          keepNames: true,
        },
      },
    },
  });
}

/** Lets modules find files as if they were not bundled. */
function keepPlaces(filesAt: BundleOptions["filesAt"]): Plugin {
  return {
    name: "keep-places",
    transform(code, id) {
      if (!id.startsWith(source) || !code.includes("import.meta.")) return undefined;
      // A module that asks for its own extension starts another file of the result.
      const isAbsolute = filesAt === "source" && !code.includes("import.meta.filename");
      const path = relative(source, id);
      const url = isAbsolute
        ? JSON.stringify(pathToFileURL(id).href)
        : `new URL(${JSON.stringify(`./${path}`)}, import.meta.url).href`;
      const folder = isAbsolute
        ? JSON.stringify(dirname(id))
        : `(import.meta.dirname + ${JSON.stringify(`/${dirname(path)}`)})`;
      return code.replaceAll("import.meta.dirname", folder).replaceAll("import.meta.url", url);
    },
  };
}

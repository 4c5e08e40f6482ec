/**
 * The template of a PGlite data folder: a tar of a folder after initdb and the migrations. The build makes it (`npm
 * ci`, `npm run build`), and a new folder starts as a copy of it, in a tenth of the time of initdb and the migrations.
 * PGlite has a package for this, `@electric-sql/pglite-prepopulatedfs`, but without our migrations. PGlite's own
 * `loadDataDir` takes several times as long to write the files as `unpack`.
 *
 * A template fits one version of PGlite, so package.json pins the exact version.
 *
 * A template contains no secrets: migrations make no keys on an empty database, and the only rows are their records and
 * the account's defaults. Installations do share PostgreSQL's system identifier, which identifies clusters in
 * replication, but PGlite has no replication.
 */
import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { findPackageJSON } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { constants, zstdCompress, zstdDecompress } from "node:zlib";
import { PGlite } from "@electric-sql/pglite";
import { openEmbedded } from "./embedded.ts";
import { EngineFailure } from "./embedded-failure.ts";
import { migrate, readMigrations } from "./migrate.ts";

/** Increment it if `makeTemplate`'s output changes for the same PGlite and the same migrations. */
const format = 2;

/** Output folders of the build: above the compiled code, or dist/ if Node runs the sources. */
const templateFolders = ["../..", "../../../dist"].map((path) => join(import.meta.dirname, path));

/** Long-distance matching finds what tables have in common. */
const compression = {
  [constants.ZSTD_c_compressionLevel]: 9,
  [constants.ZSTD_c_enableLongDistanceMatching]: 1,
  [constants.ZSTD_c_windowLog]: 26,
};
/** Larger than the trimmed tar: zlib produces chunks of this size, and concatenating many takes most of the time. */
const outputBytes = 16 << 20;

/** Our own files in a data folder: the lock's files and the marker of unfinished unpacking. */
const ownFile = /^mailglass\./;
const unpacking = "mailglass.unpacking";
/** PGlite, like PostgreSQL, recognizes a data folder by this file. */
const version = "PG_VERSION";

/** How a data folder came to be; with `scratch`, PGlite (initdb) and the migrations initialize it. */
export type FolderOrigin = "existing" | "template" | "scratch";

/**
 * The file name of the template for this code. It changes with PGlite's version and with each migration, so that a file
 * with this name always fits.
 */
export function templateName(): string {
  const manifest = findPackageJSON("@electric-sql/pglite", import.meta.url);
  if (manifest === undefined) throw new Error("PGlite's package.json is not there");
  const { version: pglite }: { version: string } = JSON.parse(readFileSync(manifest, "utf8"));
  const parts = [format, pglite, readMigrations().map(({ name, checksum }) => [name, checksum])];
  return `postgres-template.${createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16)}.tar.zst`;
}

/** Makes the compressed template; takes seconds. */
export async function makeTemplate(): Promise<Uint8Array> {
  return promisify(zstdCompress)(trim(await makeTar()), { params: compression });
}

/** The template as a tar for PGlite's `loadDataDir`: the build's, or a newly made one if the build's doesn't fit. */
export async function templateTar(): Promise<Uint8Array> {
  const file = findTemplate(templateFolders);
  return file === undefined ? makeTar() : untrim(await readTemplate(file));
}

/**
 * Fills a new folder, which this process has locked, from a template that fits. A folder with files other than our own
 * is left unchanged, unless they are left over from interrupted unpacking: those are removed.
 * @throws EngineFailure for what is left of a database
 */
export async function prepareFolder(
  folder: string,
  templates: readonly string[] = templateFolders,
): Promise<FolderOrigin> {
  if (existsSync(join(folder, version))) return "existing";
  const others = (await readdir(folder)).filter((name) => !ownFile.test(name));
  if (existsSync(join(folder, unpacking))) {
    for (const name of others) await rm(join(folder, name), { recursive: true });
    await rm(join(folder, unpacking));
  } else if (existsSync(join(folder, "global/pg_control"))) {
    // A database that has lost this file. initdb would replace what is left of it.
    throw new EngineFailure(folder, `the file ${version} is missing`, false);
  } else if (others.length > 0) {
    return "scratch";
  }
  const file = findTemplate(templates);
  if (file === undefined) return "scratch";
  unpack(await readTemplate(file), folder);
  return "template";
}

function findTemplate(folders: readonly string[]): string | undefined {
  const name = templateName();
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}

async function readTemplate(file: string): Promise<Buffer> {
  return promisify(zstdDecompress)(await readFile(file), { chunkSize: outputBytes });
}

async function makeTar(): Promise<Buffer> {
  const root = await mkdtemp(join(tmpdir(), "mailglass-template-"));
  const folder = join(root, "data");
  try {
    const database = await openEmbedded(folder);
    try {
      await migrate(database);
      // Nobody connects to them, and with them the template has three times as many files.
      await database.query("UPDATE pg_database SET datistemplate = false WHERE datname <> current_database()");
      for (const name of ["template0", "template1"]) await database.query(`DROP DATABASE ${name}`);
      // After a checkpoint the WAL is not needed: start the template with a new segment, which is all zeros.
      await database.query("SET wal_recycle = off");
      await database.query("SELECT pg_switch_wal()");
      await database.query("CHECKPOINT");
    } finally {
      await database.close();
    }
    // Dumps without starting PostgreSQL: the folder of a running one would need crash recovery.
    const lite = await PGlite.create({ dataDir: folder, noInitDb: true });
    try {
      return Buffer.from(await (await lite.dumpDataDir("none")).arrayBuffer());
    } finally {
      await lite.close();
    }
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/**
 * The folder can't be written elsewhere and renamed, since it contains the lock. Instead, the file by which PostgreSQL
 * recognizes a data folder is written first under another name, as a marker of unfinished unpacking, and renamed last.
 * Nothing is synced to disk, as PGlite never does: this survives a killed process, but not a power failure.
 * Synchronous: 700 files take 0.1 s, and from many threads at a time, which hinder each other, three times as long.
 */
function unpack(tar: Buffer, folder: string): void {
  const entries = [...entriesOf(tar)];
  const last = entries.find(({ name }) => name === version);
  if (!last) throw new Error(`the template of PostgreSQL's data folder has no ${version}`);
  writeFileSync(join(folder, unpacking), last.data, { mode: 0o600 });
  for (const { name, isFolder } of entries) {
    if (isFolder) mkdirSync(join(folder, name), { recursive: true, mode: 0o700 });
  }
  for (const entry of entries) if (!entry.isFolder && entry !== last) writeEntry(entry, folder);
  renameSync(join(folder, unpacking), join(folder, version));
}

function writeEntry({ name, data, size }: Entry, folder: string): void {
  const file = openSync(join(folder, name), "w", 0o600);
  try {
    writeFileSync(file, data);
    if (size > data.length) ftruncateSync(file, size);
  } finally {
    closeSync(file);
  }
}

const block = 512;
/** Where our trimmed tar says how much of a file it has. PGlite's tar has zeros there (the prefix of long names). */
const storedField = { at: 345, bytes: 12 };
/** Shorter zeros are not worth it. */
const leastTrimmed = 1 << 20;

interface Entry {
  /** Relative to the tar's root. */
  readonly name: string;
  readonly isFolder: boolean;
  /** The file's bytes; in a trimmed tar without zeros at its end. */
  readonly data: Buffer;
  /** The file's length. */
  readonly size: number;
  readonly header: Buffer;
}

/** The files and folders in a tar of PGlite (ustar), trimmed or not. */
function* entriesOf(tar: Buffer): Generator<Entry> {
  for (let offset = 0; tar[offset] !== undefined && tar[offset] !== 0; ) {
    const header = tar.subarray(offset, offset + block);
    const text = (from: number, bytes: number) => header.toString("utf8", from, from + bytes).replace(/\0.*$/s, "");
    const size = Number.parseInt(text(124, 12), 8);
    const stored = Number.parseInt(text(storedField.at, storedField.bytes) || text(124, 12), 8);
    const data = tar.subarray(offset + block, offset + block + stored);
    yield { name: text(0, 100).replace(/^\//, ""), isFolder: text(156, 1) === "5", data, size, header };
    offset += block + Math.ceil(stored / block) * block;
  }
}

/** Without the zeros at the end of long files: a new segment of the WAL is 16 MB of them. */
function trim(tar: Buffer): Buffer {
  const parts = [...entriesOf(tar)].flatMap(({ header, data, size }) => {
    let end = size;
    while (end > 0 && data[end - 1] === 0) end--;
    const stored = size - end < leastTrimmed ? size : Math.ceil(end / block) * block;
    const trimmed = Buffer.from(header);
    if (stored < size) trimmed.write(stored.toString(8).padStart(storedField.bytes - 1, "0"), storedField.at);
    return [trimmed, data.subarray(0, stored), padding(stored)];
  });
  return Buffer.concat(parts);
}

/** As it was before `trim`. */
function untrim(tar: Buffer): Buffer {
  const parts = [...entriesOf(tar)].flatMap(({ header, data, size }) => {
    const full = Buffer.from(header).fill(0, storedField.at, storedField.at + storedField.bytes);
    return [full, data, Buffer.alloc(size - data.length), padding(size)];
  });
  // A tar ends with two blocks of zeros.
  return Buffer.concat([...parts, Buffer.alloc(2 * block)]);
}

function padding(size: number): Buffer {
  return Buffer.alloc(Math.ceil(size / block) * block - size);
}

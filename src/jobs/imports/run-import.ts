/**
 * A run of an import job. The file is read twice: first only to count its records, so that a file with too many, or one
 * that can't be uncompressed, changes nothing; then in batches, each committed in one transaction with the job's
 * checkpoint. After a killed run, the next one resumes at the checkpoint: each record takes effect once, and the counts
 * are exact. While a batch is written, the next one is read.
 */
import type { PublishingFeed } from "../../publishing/publishing-feed.ts";
import type { ObjectStore, OpenBucket } from "../../stores/objects/object-store.ts";
import { topicsOfList } from "../../stores/postgres/bulk-contacts.ts";
import { type Database, inScope, type ScopedDatabase } from "../../stores/postgres/database.ts";
import { type ImportJobRow, moveImportCheckpoint, noteImportFile } from "../../stores/postgres/import-jobs.ts";
import { insertImportFailures } from "../../stores/postgres/import-jobs-failures.ts";
import { JobLost, type JobRun } from "../worker.ts";
import type { Batch, Reading, Refused } from "./batch.ts";
import { contactReading } from "./contact-records.ts";
import { CsvGrammar } from "./csv-grammar.ts";
import { failedFileName, writeFailedFile } from "./failed-file.ts";
import { fileBytes, fileInfo, limited, parseFileLocation } from "./file-source.ts";
import { ImportError } from "./import-error.ts";
import { JsonGrammar } from "./json-grammar.ts";
import { contentOf, type FileRecord, readRecords } from "./records.ts";
import { rowsInside } from "./rows-inside.ts";
import { suppressionReading } from "./suppression-records.ts";

/** The maximum number of records in a file, and of its bytes after unpacking; 0 for no limit. */
export interface ImportLimits {
  suppressionPut: number;
  suppressionDelete: number;
  contacts: number;
  unpackedBytes: number;
}

export interface ImportServices {
  database: Database;
  /** Mailglass's own store, for the file of failed records. */
  objects: ObjectStore;
  openBucket: OpenBucket;
  limits: ImportLimits;
  accountEvents: PublishingFeed["accountEvents"];
  clock: () => Date;
}

/** The services of a run, with the database in the scope of its job. */
type ScopedServices = Omit<ImportServices, "database"> & { database: ScopedDatabase };

/** The result of a run that read the whole file. */
export interface ImportResult {
  processed: number;
  failed: number;
  /** The file of failed records, if there are any. */
  failedKey: string | undefined;
}

/** Large enough that a transaction costs little, small enough that a canceled job stops soon. */
const batchRecords = 10_000;
/** Also limits the size of a batch, since texts of failed records and attributes can be long. */
const batchBytes = 8 << 20;

/** Imports the file into the lists of the job's scope. Throws an `ImportError` if it can't be imported, a `JobLost`, or the cause of a failed run. */
export async function runImport(shared: ImportServices, job: ImportJobRow, run: JobRun): Promise<ImportResult> {
  const services = { ...shared, database: inScope(shared.database, job.scope) };
  const { database, objects } = services;
  const location = parseFileLocation(job.s3_url);
  if (!location) throw new ImportError(`<${job.s3_url}> is not a file that can be imported.`);
  const store = await services.openBucket(location.bucket, job.scope);
  const file = await fileInfo(store, location);
  const grammar = job.data_format === "CSV" ? new CsvGrammar() : new JsonGrammar();
  const reading = await readingOf(services, job, grammar);
  const records = (from: { bytes: number; lines: number }) => {
    const bytes = limited(fileBytes(store, location.key, run.signal), services.limits.unpackedBytes);
    return readRecords(bytes, grammar, from, reading.first);
  };

  if (job.file_size === null) {
    await checkCount(records({ bytes: 0, lines: 0 }), { reading, limit: limitOf(job, services.limits) }, run);
    if (!(await noteImportFile(database, run.run, file))) throw new JobLost();
  } else if (job.file_size !== file.size || job.file_modified?.getTime() !== file.modified.getTime()) {
    throw new ImportError(
      `The file was replaced while it was imported: the first ${job.processed_records} records come from the old one. Create the job again.`,
    );
  }
  const writing = new Writing(services, job, run, reading);
  try {
    for await (const found of records({ bytes: job.done_bytes, lines: job.done_lines })) await writing.take(found);
  } catch (error) {
    // No write of this run may be in progress after it has ended.
    await writing.settled();
    throw error;
  }
  const { processed, failed } = await writing.end();
  if (failed === 0) return { processed, failed, failedKey: undefined };
  const failedKey = `imports/${job.id}/${run.run}/${failedFileName}`;
  // The checkpoints are the progress of the import. Here as in the count, there are none.
  const written = (records: number) => run.progress(processed + records);
  await writeFailedFile(objects, database, { job: job.id, key: failedKey, signal: run.signal, written });
  return { processed, failed, failedKey };
}

async function readingOf(
  { database }: ScopedServices,
  { destination_type: type, action, data_format: format, contact_list: list }: ImportJobRow,
  grammar: CsvGrammar | JsonGrammar,
): Promise<Reading> {
  if (type === "SUPPRESSION_LIST") return suppressionReading(action, format);
  const csv = grammar instanceof CsvGrammar ? grammar : new CsvGrammar();
  const topics = await topicsOfList(database, list ?? "");
  if (!topics) throw listGone(list);
  return contactReading({ list: list ?? "", topics, action, format }, csv);
}

function listGone(list: string | null): ImportError {
  return new ImportError(`ContactList ${list} doesn't exist any more. Create it and the job again.`);
}

function limitOf({ destination_type: type, action }: ImportJobRow, limits: ImportLimits): number {
  if (type === "CONTACT_LIST") return limits.contacts;
  return action === "PUT" ? limits.suppressionPut : limits.suppressionDelete;
}

async function checkCount(
  records: AsyncIterable<FileRecord[]>,
  { reading, limit }: { reading: Reading; limit: number },
  { signal, progress }: JobRun,
): Promise<void> {
  let count = 0;
  for await (const found of records) {
    signal.throwIfAborted();
    for (const record of found) count += rowsInside(record, reading).length || 1;
    progress(count);
    if (limit !== 0 && count > limit) {
      throw new ImportError(
        `The file has more than ${limit} records; nothing was imported. Split it, or raise the limit in the server's settings.`,
      );
    }
  }
}

/** Batches in progress: one is being written, one is being filled. */
class Writing {
  readonly #services: ScopedServices;
  readonly #job: ImportJobRow;
  readonly #run: JobRun;
  readonly #reading: Reading;
  #batch: Batch;
  #refused: Refused[] = [];
  #records = 0;
  #bytes = 0;
  #last: FileRecord | undefined;
  /** The records read so far, and how many of them are known to have failed. */
  #processed: number;
  #failed: number;
  #written: Promise<void> = Promise.resolve();

  constructor(services: ScopedServices, job: ImportJobRow, run: JobRun, reading: Reading) {
    this.#services = services;
    this.#job = job;
    this.#run = run;
    this.#reading = reading;
    this.#batch = reading.newBatch();
    this.#processed = job.processed_records;
    this.#failed = job.failed_records;
  }

  async take(records: readonly FileRecord[]): Promise<void> {
    for (const record of records) {
      const lost = rowsInside(record, this.#reading);
      // All of them in one batch: the checkpoint can only be after the whole record.
      for (const { line, bytes, reason } of lost) this.#refuse({ ...record, line, bytes }, reason);
      if (lost.length === 0) this.#takeOne(record);
      this.#last = record;
      this.#records += Math.max(1, lost.length);
      this.#bytes += record.bytes.length;
      if (this.#records >= batchRecords || this.#bytes >= batchBytes) await this.#flush();
    }
    this.#run.signal.throwIfAborted();
  }

  #takeOne(record: FileRecord): void {
    const reason =
      record.problem === undefined ? this.#batch.add(record, this.#processed + 1) : sentence(record.problem);
    if (reason !== undefined) this.#refuse(record, reason);
    else this.#processed++;
  }

  #refuse(record: FileRecord, reason: string): void {
    this.#refused.push({ record, number: ++this.#processed, reason });
  }

  async end(): Promise<{ processed: number; failed: number }> {
    if (this.#records > 0) await this.#flush();
    await this.#written;
    return { processed: this.#processed, failed: this.#failed };
  }

  /** Resolves when no write is in progress. */
  async settled(): Promise<void> {
    await this.#written.catch(() => {});
  }

  /** Starts to write the batch after the previous one is written. */
  async #flush(): Promise<void> {
    const batch = this.#batch;
    const refused = this.#refused;
    const last = this.#last;
    const processed = this.#processed;
    this.#batch = this.#reading.newBatch();
    this.#refused = [];
    this.#records = 0;
    this.#bytes = 0;
    await this.#written;
    this.#run.signal.throwIfAborted();
    if (last) this.#written = this.#write(batch, refused, last, processed);
    // The next flush or the end throws the failure. Without this handler, it would be unhandled and end the process.
    this.#written.catch(() => {});
  }

  async #write(batch: Batch, refused: readonly Refused[], last: FileRecord, processed: number): Promise<void> {
    const { accountEvents, clock } = this.#services;
    const job = this.#job;
    const database = inScope(this.#services.database, job.scope);
    const events = await accountEvents();
    this.#failed = await database.transaction(async (transaction) => {
      // Skips the wait, not the data: after a power failure the checkpoint is as old as the imported records, and the
      // statement that ends the job is synced together with everything before it.
      await transaction.query("SET LOCAL synchronous_commit = off");
      const list = job.contact_list;
      if (list !== null && !(await topicsOfList(transaction, list))) throw listGone(list);
      const now = clock();
      const found = [...refused, ...(await batch.write(transaction, now))];
      await events.write(transaction, batch.events?.(now) ?? [], now);
      const failures = found.map(({ record, number, reason }) => {
        return { record: number, line: record.line, reason, content: contentOf(record) };
      });
      await insertImportFailures(transaction, job.id, failures);
      const failed = this.#failed + failures.length;
      const checkpoint = { processed, failed, bytes: last.doneBytes, lines: last.doneLines };
      if (!(await moveImportCheckpoint(transaction, this.#run.run, checkpoint))) throw new JobLost();
      return failed;
    });
  }
}

function sentence(problem: string): string {
  return `The record can't be read: ${problem}.`;
}

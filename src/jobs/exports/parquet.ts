/** Writes Parquet files one row group at a time: only one group is in memory. */
import type { ByteWriter } from "hyparquet-writer";

/** A column of a file. All columns are nullable. */
export interface ParquetColumn {
  name: string;
  type: "STRING" | "TIMESTAMP" | "DOUBLE";
}

export type ParquetValue = string | Date | number | null;

/** Large enough to compress well, small enough to hold a few in memory: about 10 MB of messages. */
const rowsPerGroup = 20_000;

/** The bytes of a file with these rows. The values of a row are in the order of the columns. */
export async function* parquetFile(
  columns: readonly ParquetColumn[],
  rows: AsyncIterable<readonly ParquetValue[]>,
): AsyncGenerator<Uint8Array> {
  // Not loaded at the start of a server, most of which write no Parquet.
  const { ByteWriter, ParquetWriter, schemaFromColumnData } = await import("hyparquet-writer");
  const bytes = new ByteWriter();
  const schema = schemaFromColumnData({ columnData: columns.map((column) => ({ ...column, data: [] })) });
  const file = new ParquetWriter({ writer: bytes, schema, createdBy: "mailglass" });
  let group = columns.map((): ParquetValue[] => []);
  let size = 0;
  for await (const row of rows) {
    for (const [index, values] of group.entries()) values.push(row[index] ?? null);
    if (++size < rowsPerGroup) continue;
    await writeGroup();
    yield take(bytes);
  }
  if (size > 0) await writeGroup();
  await file.finish();
  yield take(bytes);

  async function writeGroup(): Promise<void> {
    const columnData = columns.map(({ name, type }, index) => ({ name, type, data: group[index] ?? [] }));
    await file.write({ columnData, rowGroupSize: rowsPerGroup });
    group = columns.map(() => []);
    size = 0;
  }
}

/** Removes and returns the bytes written so far. The writer's file offset is unchanged. */
function take(bytes: ByteWriter): Uint8Array {
  const taken = bytes.getBytes().slice();
  bytes.index = 0;
  return taken;
}

/** Tables as Parquet files. */
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { TableColumn } from './table.js';

/** The same bytes for the same table: numbers as DOUBLE, texts as UTF-8, null where a cell has nothing. */
export function parquetOf(columns: readonly TableColumn[]): Uint8Array {
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: columns.map(({ name, kind, values }) => ({
        name,
        data: [...values],
        type: kind === 'number' ? 'DOUBLE' : 'STRING',
        nullable: true,
      })),
    }),
  );
}

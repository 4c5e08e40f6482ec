/** A table of rows; on a phone each row is a card that names its values. */
import { Table, VisuallyHidden } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./data-table.module.css";

/** One column. */
export interface Column<Row> {
  title: string;
  /** Whether only screen readers are told the title, as that of a column of buttons. */
  untitled?: boolean;
  /** Whether it holds numbers. */
  numeric?: boolean;
  cell: (row: Row) => ReactNode;
}

/** `label` names the table for screen readers. */
export function DataTable<Row>(parts: {
  label: string;
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  columns: readonly Column<Row>[];
}) {
  const { label, rows, rowKey, columns } = parts;
  return (
    <div className={classes.scroll}>
      <Table aria-label={label} className={classes.table} verticalSpacing="sm">
        <Table.Thead>
          <Table.Tr>
            {columns.map(({ title, untitled, numeric }) => (
              <Table.Th key={title} scope="col" data-numeric={numeric || undefined}>
                {untitled ? <VisuallyHidden>{title}</VisuallyHidden> : title}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={rowKey(row)}>
              {columns.map(({ title, untitled, numeric, cell }) => (
                <Table.Td
                  key={title}
                  data-label={untitled ? undefined : title}
                  data-untitled={untitled || undefined}
                  data-numeric={numeric || undefined}
                >
                  <div className={classes.value}>{cell(row)}</div>
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

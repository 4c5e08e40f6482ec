/** A table whose rows a click on a column's name puts in order. */
import { Table, UnstyledButton } from "@mantine/core";
import { IconArrowDown, IconArrowsSort, IconArrowUp } from "@tabler/icons-react";
import {
  type CellData,
  type ColumnDef,
  createSortedRowModel,
  type RowData,
  rowSortingFeature,
  sortFn_basic,
  sortFn_text,
  tableFeatures,
  useTable,
} from "@tanstack/react-table";
import classes from "./sortable-table.module.css";

const features = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { basic: sortFn_basic, text: sortFn_text },
});

/** A column, as `createColumnHelper<SortableFeatures, Row>()` makes it. The first names the row; the others hold numbers. */
export type SortableColumn<Row extends RowData> = ColumnDef<SortableFeatures, Row, CellData>;

/** What the tables can do. */
export type SortableFeatures = typeof features;

/** `label` names the table for screen readers; `columns` must stay the same object. Largest first, by `sortedBy`. */
export function SortableTable<Row extends RowData>(parts: {
  label: string;
  rows: readonly Row[];
  columns: SortableColumn<Row>[];
  sortedBy: string;
}) {
  const { label, rows, columns, sortedBy } = parts;
  const table = useTable({
    features,
    columns,
    data: rows,
    enableSortingRemoval: false,
    initialState: { sorting: [{ id: sortedBy, desc: true }] },
  });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls takes the focus (WCAG 2.1.1)
    <section className={classes.scroll} aria-label={label} tabIndex={0}>
      <Table aria-label={label} tabularNums highlightOnHover horizontalSpacing="xs">
        <Table.Thead>
          {table.getHeaderGroups().map((group) => (
            <Table.Tr key={group.id}>
              {group.headers.map((header, index) => {
                const sorted = header.column.getIsSorted();
                const Icon = sorted === "asc" ? IconArrowUp : sorted === "desc" ? IconArrowDown : IconArrowsSort;
                return (
                  <Table.Th
                    key={header.id}
                    scope="col"
                    className={index > 0 ? classes.numeric : undefined}
                    aria-sort={sorted === "asc" ? "ascending" : sorted === "desc" ? "descending" : undefined}
                  >
                    <UnstyledButton className={classes.head} onClick={header.column.getToggleSortingHandler()}>
                      <table.FlexRender header={header} />
                      <Icon size={14} aria-hidden opacity={sorted ? 1 : 0.4} />
                    </UnstyledButton>
                  </Table.Th>
                );
              })}
            </Table.Tr>
          ))}
        </Table.Thead>
        <Table.Tbody>
          {table.getRowModel().rows.map((row) => (
            <Table.Tr key={row.id}>
              {row.getAllCells().map((cell, index) =>
                index === 0 ? (
                  <Table.Th key={cell.id} scope="row" fw={500}>
                    <table.FlexRender cell={cell} />
                  </Table.Th>
                ) : (
                  <Table.Td key={cell.id} className={classes.numeric}>
                    <table.FlexRender cell={cell} />
                  </Table.Td>
                ),
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}

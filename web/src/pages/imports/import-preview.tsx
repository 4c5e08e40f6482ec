/** What an import would do to the first records of a file. Nothing is changed by looking. */
import { Alert, Button, Code, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ImportPreview as Preview, PreviewedRecord, RecordChange } from "../../../../src/admin-api/imports.ts";
import { previewImport } from "../../api/admin.ts";
import { DataTable } from "../../components/data-table.tsx";
import { ErrorText } from "../../components/error-text.tsx";
import { Loaded } from "../../components/loaded.tsx";
import { formatCount } from "../../time/format.ts";
import { beginningOf } from "./file-beginning.ts";
import { type ImportTarget, isWhole } from "./import-target.ts";

type Format = "CSV" | "JSON";

/** `onFormat` reads the file as the other format. */
export function ImportPreview(parts: {
  file: File;
  target: ImportTarget;
  format: Format;
  onFormat: (format: Format) => void;
}) {
  const { file, target, format, onFormat } = parts;
  const query = useQuery({
    // A file of the same name may have changed.
    queryKey: ["import preview", file.name, file.size, file.lastModified, target, format],
    queryFn: async ({ signal }) => {
      const { bytes, whole } = await beginningOf(file);
      const { destination, list, action } = target;
      const asked = { destination, list: destination === "contacts" ? (list ?? undefined) : undefined, action, format };
      return { preview: await previewImport(bytes, { ...asked, whole }, signal), whole };
    },
    enabled: isWhole(target),
    gcTime: 0,
  });
  if (!isWhole(target)) return <Text size="sm">Choose a contact list: then you see what would happen.</Text>;
  return (
    <Loaded query={query} failed="The file could not be looked at">
      {({ preview, whole }) => <Previewed {...{ preview, whole, format, onFormat }} />}
    </Loaded>
  );
}

function Previewed(parts: { preview: Preview; whole: boolean; format: Format; onFormat: (format: Format) => void }) {
  const { preview, whole, format, onFormat } = parts;
  const { fault, formatFits, looksLike, records, taken, refused } = preview;
  const more = taken + refused > records.length;
  return (
    <Stack>
      {!formatFits && looksLike !== undefined && (
        <Alert color="orange" variant="light" title={`This looks like ${looksLike}, not ${format}`}>
          <Button size="xs" variant="default" onClick={() => onFormat(looksLike)}>
            Read it as {looksLike}
          </Button>
        </Alert>
      )}
      {fault !== undefined ? (
        <Alert color="red" variant="light" title="Nothing of this file can be imported" role="alert">
          {fault}
        </Alert>
      ) : (
        <Text role="status">
          {whole ? "" : "In the file’s first part: "}
          <b>{formatCount(taken)}</b> can be taken, <b>{formatCount(refused)}</b> can’t.
          {more && " The first of them:"}
        </Text>
      )}
      {records.length > 0 && (
        <DataTable
          label="The first records of the file"
          rows={records}
          rowKey={({ line }) => String(line)}
          columns={[
            { title: "Line", numeric: true, cell: ({ line }) => formatCount(line) },
            { title: "Address", cell: (record) => <Address record={record} /> },
            { title: "What will happen", cell: (record) => <Outcome record={record} /> },
          ]}
        />
      )}
    </Stack>
  );
}

function Address({ record }: { record: PreviewedRecord }) {
  if (record.refused === undefined) return <Text size="sm">{record.address}</Text>;
  return <Code style={{ whiteSpace: "pre-wrap" }}>{record.content}</Code>;
}

function Outcome({ record }: { record: PreviewedRecord }) {
  if (record.refused !== undefined) return <ErrorText>Not taken: {record.refused}</ErrorText>;
  return <Text size="sm">{changeText(record.change)}</Text>;
}

function changeText(change: RecordChange): string {
  if (change.kind === "remove") return "Removed from the list";
  if (change.kind === "suppress") return `Gets no mail: ${change.reason === "BOUNCE" ? "bounced" : "complained"}`;
  const topics = Object.entries(change.topics);
  const named = (choice: "OPT_IN" | "OPT_OUT") =>
    topics.filter(([, chosen]) => chosen === choice).map(([topic]) => topic);
  const parts = [
    change.unsubscribeAll && "unsubscribed from all",
    named("OPT_IN").length > 0 && `gets ${named("OPT_IN").join(", ")}`,
    named("OPT_OUT").length > 0 && `does not get ${named("OPT_OUT").join(", ")}`,
    change.attributes !== undefined && "with attributes",
  ].filter((part) => part !== false);
  return parts.length === 0 ? "On the list, with the topics’ defaults" : `On the list: ${parts.join("; ")}`;
}

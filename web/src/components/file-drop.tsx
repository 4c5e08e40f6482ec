/** A place to drop a file on, or to choose one. */
import { Button, FileButton, Paper, Stack, Text } from "@mantine/core";
import { type DragEvent, useState } from "react";
import { formatBytes } from "../time/format.ts";
import classes from "./file-drop.module.css";

/** `accept` as in HTML: the endings of names that are offered when choosing. */
export function FileDrop(parts: {
  file: File | undefined;
  accept: string;
  hint: string;
  onFile: (file: File) => void;
  disabled?: boolean;
}) {
  const { file, accept, hint, onFile, disabled = false } = parts;
  const [over, setOver] = useState(false);
  const hover = (event: DragEvent) => {
    event.preventDefault();
    setOver(!disabled);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const dropped = event.dataTransfer.files[0];
    if (dropped && !disabled) onFile(dropped);
  };
  return (
    <Paper
      className={classes.zone}
      data-over={over || undefined}
      onDragOver={hover}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <Stack align="center" gap="xs">
        <Text fw={600} ta="center" style={{ overflowWrap: "anywhere" }}>
          {file ? `${file.name} (${formatBytes(file.size)})` : "Drop a file here"}
        </Text>
        <Text size="sm" c="dimmed" ta="center">
          {hint}
        </Text>
        <FileButton accept={accept} disabled={disabled} onChange={(chosen) => chosen && onFile(chosen)}>
          {(props) => (
            <Button {...props} variant="default" disabled={disabled}>
              {file ? "Choose another file" : "Choose a file"}
            </Button>
          )}
        </FileButton>
      </Stack>
    </Paper>
  );
}

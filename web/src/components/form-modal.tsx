/** A small form over the page. What was typed stays where the server refuses it, with the server's words below. */
import { Button, Group, Modal, Stack } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import type { FormEvent, ReactNode } from "react";
import { ErrorAlert } from "./error-alert.tsx";

/** Shown for as long as it is rendered. `save` does what the form is for; `done` follows success, `close` both ends. */
export function FormModal(parts: {
  title: string;
  submit: string;
  /** The title of what went wrong: "The list could not be created". */
  failed: string;
  size?: "md" | "lg" | "xl";
  save: () => Promise<unknown>;
  done?: () => void;
  close: () => void;
  children: ReactNode;
}) {
  const { title, submit, failed, size = "md", save, done, close, children } = parts;
  const saving = useMutation({
    mutationFn: save,
    onSuccess: () => {
      close();
      done?.();
    },
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    saving.mutate();
  };
  return (
    <Modal opened onClose={close} title={title} size={size} closeButtonProps={{ "aria-label": "Close" }}>
      <form onSubmit={send}>
        <Stack>
          {children}
          {saving.isError && <ErrorAlert title={failed} error={saving.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={saving.isPending}>
              {submit}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

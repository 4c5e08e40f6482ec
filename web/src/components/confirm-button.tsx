/** A button for what can't be taken back: it asks once, says what will happen, and tells why it did not. */
import { Button, type ButtonProps, Group, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ErrorAlert } from "./error-alert.tsx";

/** `question` is the title of what is asked, `confirm` the label of the button that does it. `done` follows success. */
export function ConfirmButton(parts: {
  label: string;
  /** For screen readers, where the label alone does not say of what: "Remove a@example.com". */
  accessibleLabel?: string;
  question: string;
  children: ReactNode;
  confirm: string;
  failed: string;
  run: () => Promise<unknown>;
  done: () => void;
  button?: ButtonProps;
}) {
  const { label, accessibleLabel, question, children, confirm, failed, run, done, button } = parts;
  const [asking, { open, close }] = useDisclosure(false);
  const running = useMutation({
    mutationFn: run,
    onSuccess: () => {
      close();
      done();
    },
  });
  const ask = () => {
    running.reset();
    open();
  };
  return (
    <>
      <Button size="xs" variant="default" {...button} onClick={ask} aria-label={accessibleLabel}>
        {label}
      </Button>
      <Modal opened={asking} onClose={close} title={question} closeButtonProps={{ "aria-label": "Close" }} centered>
        <Stack>
          <Text size="sm" component="div">
            {children}
          </Text>
          {running.isError && <ErrorAlert title={failed} error={running.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close} data-autofocus>
              Keep
            </Button>
            <Button color="red" loading={running.isPending} onClick={() => running.mutate()}>
              {confirm}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}

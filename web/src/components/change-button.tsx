/** The button of a part that opens its form. */
import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { ReactNode } from "react";

/** `what` is for screen readers: "Change delivery". The form begins with what is so when it is opened. */
export function ChangeButton({ what, form }: { what: string; form: (close: () => void) => ReactNode }) {
  const [changing, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button size="xs" variant="default" onClick={open} aria-label={what} style={{ flexShrink: 0 }}>
        Change
      </Button>
      {changing && form(close)}
    </>
  );
}

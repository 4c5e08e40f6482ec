/** A short error where there is no room for an alert, as in a row. */
import { Text } from "@mantine/core";
import type { ReactNode } from "react";

export function ErrorText({ children }: { children: ReactNode }) {
  // The library's own red is too light on white (WCAG 1.4.3).
  return (
    <Text size="sm" c="light-dark(var(--mantine-color-red-9), var(--mantine-color-red-3))">
      {children}
    </Text>
  );
}

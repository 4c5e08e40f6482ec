/** A state in a word, with a colour that says whether it is well. */
import { Badge, type MantineColor } from "@mantine/core";

/** How a state is to be taken. */
export type Tone = "good" | "bad" | "busy" | "warning" | "neutral";

const colors: Readonly<Record<Tone, MantineColor>> = {
  good: "teal",
  bad: "red",
  busy: "blue",
  warning: "orange",
  neutral: "gray",
};

export function StatusBadge({ tone, children }: { tone: Tone; children: string }) {
  return (
    <Badge color={colors[tone]} variant="light" autoContrast tt="none" fw={600} style={{ flexShrink: 0 }}>
      {children}
    </Badge>
  );
}

/** What became of mail, as a word on its colour. */
import { Badge } from "@mantine/core";
import type { Named } from "./event-names.ts";

/** `of` is an entry of `event-names.ts`. */
export function EventBadge({ of: { name, color } }: { of: Named }) {
  return (
    <Badge variant="light" color={color} tt="none" fw={600}>
      {name}
    </Badge>
  );
}

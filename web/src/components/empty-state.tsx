/** Says that there is nothing, why, and what to do. */
import { EmptyState as MantineEmptyState } from "@mantine/core";
import type { ReactNode } from "react";

/** `action` is a button or a link; `icon` one of Tabler's. */
export function EmptyState(parts: { title: string; description: ReactNode; icon?: ReactNode; action?: ReactNode }) {
  const { title, description, icon, action } = parts;
  return (
    <MantineEmptyState py="xl" title={title} description={description} icon={icon} withIndicatorBackground>
      {action && <MantineEmptyState.Actions>{action}</MantineEmptyState.Actions>}
    </MantineEmptyState>
  );
}

/** Text to copy into a terminal or an editor. */
import { ActionIcon, Code, CopyButton, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import classes from "./code-block.module.css";

/** `label` names it for a screen reader: "Connect in Python". A `long` text scrolls in a window of its own. */
export function CodeBlock({ text, label, long = false }: { text: string; label: string; long?: boolean }) {
  return (
    <div className={classes.frame}>
      {/* Long lines scroll: whoever has no mouse must be able to get there. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls takes the focus (WCAG 2.1.1) */}
      <section aria-label={label} className={classes.scroll} data-long={long || undefined} tabIndex={0}>
        <Code block className={classes.code}>
          {text}
        </Code>
      </section>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? "Copied" : "Copy"}>
            <ActionIcon
              className={classes.copy}
              variant="default"
              onClick={copy}
              aria-label={copied ? `Copied: ${label}` : `Copy: ${label}`}
            >
              {copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </div>
  );
}

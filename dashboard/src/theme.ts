/** The look of all pages. Colours keep a contrast of 4.5 to 1 for text in both schemes (WCAG 1.4.3). */
import { createTheme } from "@mantine/core";

export const theme = createTheme({
  primaryColor: "cyan",
  // 8 on light and dark alike: white on it is legible, and it stands out of both grounds.
  primaryShade: { light: 9, dark: 8 },
  defaultRadius: "md",
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  cursorType: "pointer",
  respectReducedMotion: true,
  autoContrast: true,
});

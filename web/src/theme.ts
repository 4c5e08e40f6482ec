/** The look of all pages. Text has a contrast of 4.5 to 1 in both schemes (WCAG 2.2, 1.4.3), which the library's own has not. */
import { Anchor, type CSSVariablesResolver, createTheme, Fieldset } from "@mantine/core";

export const theme = createTheme({
  primaryColor: "cyan",
  // White on it is legible.
  primaryShade: 9,
  defaultRadius: "md",
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  cursorType: "pointer",
  respectReducedMotion: true,
  autoContrast: true,
  components: {
    // A link in a sentence is told from it by more than its colour (1.4.1).
    Anchor: Anchor.extend({ defaultProps: { underline: "always" } }),
    // Browsers give it margins of their own.
    Fieldset: Fieldset.extend({ defaultProps: { m: 0 } }),
  },
});

/** Darker text in the light scheme, lighter in the dark one: grey text, and each colour's on its own tint; buttons that darken below the mouse. */
export const textColors: CSSVariablesResolver = ({ colors }) => {
  const each = (value: (color: string) => string) =>
    Object.fromEntries(
      Object.keys(colors).flatMap((color) => [
        [`--mantine-color-${color}-light-color`, value(color)],
        [`--mantine-color-${color}-text`, value(color)],
        // The library's own is lighter than the button, whose white text is hard to read then.
        [`--mantine-color-${color}-filled-hover`, `color-mix(in srgb, var(--mantine-color-${color}-9) 85%, black)`],
      ]),
    );
  return {
    variables: {},
    light: {
      "--mantine-color-dimmed": "var(--mantine-color-gray-7)",
      "--mantine-color-placeholder": "var(--mantine-color-gray-7)",
      ...each((color) => `color-mix(in srgb, var(--mantine-color-${color}-9) 75%, black)`),
    },
    dark: {
      "--mantine-color-dimmed": "var(--mantine-color-dark-1)",
      "--mantine-color-placeholder": "var(--mantine-color-dark-1)",
      ...each((color) => `var(--mantine-color-${color}-2)`),
    },
  };
};

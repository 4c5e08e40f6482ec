/** Grey rows where a list will be, as high as its rows, so that nothing moves when it comes. */
import { Skeleton, Stack, VisuallyHidden } from "@mantine/core";

/** `height` of a row in pixels. */
export function LoadingRows({ rows = 8, height = 36 }: { rows?: number; height?: number }) {
  return (
    <Stack gap={8} role="status">
      <VisuallyHidden>Loading</VisuallyHidden>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={`row ${row + 1}`} height={height} radius="sm" aria-hidden />
      ))}
    </Stack>
  );
}

/** A whole list as a file, in the forms that an import takes. */
import { Button, Menu } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";

/** `path` is the list's below `/admin/lists/`; `what` is downloaded: "All contacts". */
export function ListDownload({ path, what }: { path: string; what: string }) {
  const file = (format: string) => `/admin/lists/${path}?format=${format}`;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" rightSection={<IconChevronDown size={16} aria-hidden />}>
          Download
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component="a" href={file("csv")} download>
          {what} as CSV
        </Menu.Item>
        <Menu.Item component="a" href={file("json")} download>
          {what} as JSON
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** A whole list as a file, in the forms that an import takes. */
import { Button, Menu } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { listUrl } from "../api/admin.ts";

/** `what` is downloaded: "All contacts". */
export function ListDownload({ list, what }: { list: Parameters<typeof listUrl>[0]; what: string }) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" rightSection={<IconChevronDown size={16} aria-hidden />}>
          Download
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component="a" href={listUrl(list, "csv")} download>
          {what} as CSV
        </Menu.Item>
        <Menu.Item component="a" href={listUrl(list, "json")} download>
          {what} as JSON
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** The pages, in the groups that people look for them in. */
import { Stack, Text } from "@mantine/core";
import {
  IconAddressBook,
  IconAdjustments,
  IconArrowsRight,
  IconBan,
  IconBell,
  IconBuilding,
  IconChartLine,
  IconClock,
  IconDownload,
  IconFileUpload,
  IconMail,
  IconRocket,
  IconTemplate,
  IconUsers,
  IconWorldCheck,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useId } from "react";
import { scopesQuery } from "../api/scopes.ts";
import { NavigationLink } from "../components/links.tsx";
import classes from "./navigation.module.css";

const groups = [
  {
    name: "Mail",
    pages: [
      { to: "/", label: "Overview", Icon: IconChartLine },
      { to: "/messages", label: "Messages", Icon: IconMail },
      { to: "/queue", label: "Queue", Icon: IconClock },
      { to: "/alerts", label: "Alerts", Icon: IconBell },
    ],
  },
  {
    name: "Files",
    pages: [
      { to: "/exports", label: "Exports", Icon: IconDownload },
      { to: "/imports", label: "Imports", Icon: IconFileUpload },
    ],
  },
  {
    name: "Recipients",
    pages: [
      { to: "/suppression", label: "Suppression list", Icon: IconBan },
      { to: "/contacts", label: "Contact lists", Icon: IconAddressBook },
    ],
  },
  {
    name: "Configuration",
    pages: [
      { to: "/identities", label: "Identities", Icon: IconWorldCheck },
      { to: "/templates", label: "Templates", Icon: IconTemplate },
      { to: "/configuration-sets", label: "Configuration sets", Icon: IconAdjustments },
      { to: "/tenants", label: "Tenants", Icon: IconUsers },
      { to: "/mirror", label: "Mirror", Icon: IconArrowsRight },
      { to: "/accounts", label: "Accounts", Icon: IconBuilding },
      { to: "/start", label: "Getting started", Icon: IconRocket },
    ],
  },
] as const;

/** Others are refused there. */
const forOperators: ReadonlySet<string> = new Set(["/mirror", "/accounts"]);

/** `onGo` is called when a page was chosen: on a phone the menu closes then. */
export function Navigation({ onGo }: { onGo: () => void }) {
  const { data: scopes } = useQuery(scopesQuery);
  const isFor = (to: string) => !forOperators.has(to) || scopes?.operator === true;
  return (
    <Stack gap="lg">
      {groups.map(({ name, pages }) => (
        <NavigationGroup key={name} name={name}>
          {pages
            .filter(({ to }) => isFor(to))
            .map(({ to, label, Icon }) => (
              <li key={to}>
                <NavigationLink
                  to={to}
                  label={label}
                  leftSection={<Icon size={18} stroke={1.6} aria-hidden />}
                  activeOptions={{ exact: to === "/", includeSearch: false }}
                  activeProps={{ active: true }}
                  onClick={onGo}
                  px="sm"
                  py={6}
                  className={classes.page}
                />
              </li>
            ))}
        </NavigationGroup>
      ))}
    </Stack>
  );
}

function NavigationGroup({ name, children }: { name: string; children: ReactNode }) {
  const id = useId();
  return (
    <div>
      <Text id={id} size="xs" fw={600} c="dimmed" px="sm" pb={4}>
        {name}
      </Text>
      <ul aria-labelledby={id} className={classes.group}>
        {children}
      </ul>
    </div>
  );
}

/** The frame of all pages: header, navigation (a menu on a phone), and the page. */
import { AppShell, Burger, Group, ScrollArea, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Outlet, useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { LiveProvider } from "../api/live.tsx";
import { isIn, sessionQuery } from "../api/session.ts";
import { TextLink } from "../components/links.tsx";
import icon from "../icon.svg";
import { DisplayMenu } from "./display-menu.tsx";
import { LiveIndicator } from "./live-indicator.tsx";
import { Navigation } from "./navigation.tsx";
import { ScopeLine, ScopeSwitch } from "./scope-switch.tsx";
import classes from "./shell.module.css";

export function Shell() {
  const [menuOpen, menu] = useDisclosure(false);
  useLeaveWhenSignedOut();
  return (
    <LiveProvider>
      <a href="#content" className={classes.skip}>
        Skip to the content
      </a>
      <AppShell
        header={{ height: 56 }}
        navbar={{ width: 232, breakpoint: "sm", collapsed: { mobile: !menuOpen } }}
        padding={{ base: "md", sm: "xl" }}
      >
        <AppShell.Header>
          <Group h="100%" px="md" justify="space-between" wrap="nowrap" gap="xs">
            <Group gap="xs" wrap="nowrap">
              <Burger
                opened={menuOpen}
                onClick={menu.toggle}
                hiddenFrom="sm"
                size="sm"
                aria-label={menuOpen ? "Close the menu" : "Open the menu"}
                aria-expanded={menuOpen}
              />
              <TextLink to="/" c="inherit" underline="never" aria-label="Mailglass: to the overview">
                <Group gap={8} wrap="nowrap">
                  <img src={icon} alt="" width={24} height={24} />
                  <Text fw={650} size="lg">
                    Mailglass
                  </Text>
                </Group>
              </TextLink>
            </Group>
            <Group gap="xs" wrap="nowrap">
              <LiveIndicator />
              <DisplayMenu />
            </Group>
          </Group>
        </AppShell.Header>
        <AppShell.Navbar aria-label="Pages" className={menuOpen ? undefined : classes.closedMenu}>
          <ScrollArea p="sm" type="auto">
            <ScopeSwitch />
            <Navigation onGo={menu.close} />
          </ScrollArea>
        </AppShell.Navbar>
        <AppShell.Main id="content" tabIndex={-1} className={classes.main}>
          <ScopeLine />
          <Outlet />
        </AppShell.Main>
      </AppShell>
    </LiveProvider>
  );
}

/** A session that ended while a page was shown: the route's check sends to the sign-in. */
function useLeaveWhenSignedOut(): void {
  const router = useRouter();
  const { data: session } = useQuery(sessionQuery);
  const out = session !== undefined && !isIn(session);
  useEffect(() => {
    if (out) void router.invalidate();
  }, [out, router]);
}

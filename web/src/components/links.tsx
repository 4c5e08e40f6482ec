/** Links between pages in the library's looks; `to`, `params` and `search` are checked against the routes. */
import { Anchor, type AnchorProps, Button, type ButtonProps, NavLink, type NavLinkProps } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import type { ComponentPropsWithRef } from "react";

type OfAnchor = ComponentPropsWithRef<"a">;

/** A link in text. */
export const TextLink = createLink((props: Omit<OfAnchor, keyof AnchorProps> & AnchorProps) => <Anchor {...props} />);

/** A link that looks like a button. */
export const ButtonLink = createLink((props: Omit<OfAnchor, keyof ButtonProps> & ButtonProps) => (
  <Button component="a" {...props} />
));

/** A link of the navigation; the router says which is the current page. */
export const NavigationLink = createLink((props: Omit<OfAnchor, keyof NavLinkProps> & NavLinkProps) => (
  <NavLink component="a" {...props} />
));

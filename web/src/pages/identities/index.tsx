/** All identities: the domains and addresses that mail is sent from. */
import { Button, Group, Select, TextInput } from "@mantine/core";
import { useDebouncedCallback, useDisclosure } from "@mantine/hooks";
import { IconWorldCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { usePages } from "../../api/pages.ts";
import { serverQuery } from "../../api/server.ts";
import { ses } from "../../api/ses.ts";
import { EmptyState } from "../../components/empty-state.tsx";
import { Loaded, MoreButton } from "../../components/loaded.tsx";
import { PageFrame } from "../../components/page-frame.tsx";
import { type IdentitySearch, listedStates } from "./filters-in-url.ts";
import { identitiesKey } from "./identities.ts";
import { IdentityRows } from "./identity-rows.tsx";
import { NewIdentity } from "./new-identity.tsx";
import { SendingRule } from "./sending-rule.tsx";
import { statusWords } from "./status-words.ts";

const route = getRouteApi("/pages/identities");

/** A pending one may be verified at any time. */
const lookMs = 10_000;
const pauseMs = 350;
/** SES's own. */
const shortestName = 3;

export function IdentitiesPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [creating, { open, close }] = useDisclosure(false);
  return (
    <PageFrame
      title="Identities"
      about="Domains and addresses to send from. A domain covers its addresses and subdomains."
      actions={<Button onClick={open}>New identity</Button>}
    >
      <SendingRule />
      <SearchFields search={search} onSearch={(next) => void navigate({ search: next, replace: true })} />
      <FoundIdentities search={search} />
      {creating && (
        <NewIdentity
          close={close}
          done={(identity) => void navigate({ to: "/identities/$identity", params: { identity } })}
        />
      )}
    </PageFrame>
  );
}

function SearchFields({ search, onSearch }: { search: IdentitySearch; onSearch: (search: IdentitySearch) => void }) {
  const { name = "", status } = search;
  const [typed, setTyped] = useState(name);
  useEffect(() => setTyped(name), [name]);
  const searchSoon = useDebouncedCallback((text: string) => {
    if (text.length === 0 || text.length >= shortestName) onSearch({ ...search, name: text || undefined });
  }, pauseMs);
  return (
    <Group align="flex-start">
      <TextInput
        label="Name"
        placeholder="A part of it, of 3 characters"
        type="search"
        autoComplete="off"
        flex="1 1 14rem"
        maw={320}
        value={typed}
        onChange={({ currentTarget: { value } }) => {
          setTyped(value);
          searchSoon(value.trim());
        }}
      />
      <Select
        label="Verification"
        placeholder="Any"
        clearable
        clearButtonProps={{ "aria-label": "Any verification" }}
        data={listedStates.map((value) => ({
          value,
          label: statusWords[value].word,
        }))}
        value={status ?? null}
        onChange={(chosen) => onSearch({ ...search, status: chosen ?? undefined })}
      />
    </Group>
  );
}

function FoundIdentities({ search: { name, status } }: { search: IdentitySearch }) {
  const { data: server } = useQuery(serverQuery);
  const query = usePages(
    [identitiesKey, "list", name, status],
    (token, signal) =>
      ses(
        "ListEmailIdentities",
        {
          NextToken: token,
          PageSize: 50,
          Filter: { IDENTITY_NAME_CONTAINS: name, VERIFICATION_STATUS: status },
        },
        signal,
      ),
    (pages) => {
      const pending = pages.some(({ EmailIdentities: found = [] }) =>
        found.some(({ VerificationStatus }) => VerificationStatus === "PENDING"),
      );
      return pending ? lookMs : false;
    },
  );
  const filtered = name !== undefined || status !== undefined;
  return (
    <>
      <Loaded query={query} failed="The identities could not be read">
        {({ pages }) => {
          const identities = pages.flatMap(({ EmailIdentities = [] }) => EmailIdentities);
          if (identities.length > 0) return <IdentityRows rows={identities} />;
          if (filtered) {
            return <EmptyState title="No identity matches" description="Look for another name or verification." />;
          }
          return (
            <EmptyState
              title="There is no identity yet"
              description={
                server?.delivery === "capture"
                  ? "Make one as your mail’s real server would want it: a domain, or a single address."
                  : "Begin with your domain: once its DNS records are published, all its addresses may send."
              }
              icon={<IconWorldCheck aria-hidden />}
            />
          );
        }}
      </Loaded>
      <MoreButton query={query} />
    </>
  );
}

/** The accounts of the installation: their regions, new ones, and deleting those that have nothing. */
import { Anchor, Button, Code, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Account } from "../../../../src/admin-api/accounts.ts";
import { createAccount, deleteAccount, readAccounts } from "../../api/admin.ts";
import { scoped } from "../../api/scope.ts";
import { scopesQuery } from "../../api/scopes.ts";
import { CodeBlock } from "../../components/code-block.tsx";
import { ConfirmButton } from "../../components/confirm-button.tsx";
import { DataTable } from "../../components/data-table.tsx";
import { FormModal } from "../../components/form-modal.tsx";
import { Loaded } from "../../components/loaded.tsx";
import { PageFrame } from "../../components/page-frame.tsx";
import { Part } from "../../components/part.tsx";
import { formatMinute } from "../../time/format.ts";
import { Time } from "../../time/zone.tsx";

const accountsKey = ["accounts"];

export function AccountsPage() {
  const [creating, { open, close }] = useDisclosure(false);
  const query = useQuery({ queryKey: accountsKey, queryFn: ({ signal }) => readAccounts(signal) });
  return (
    <PageFrame
      title="Accounts"
      about="Each account has its own identities, lists, messages and access keys, in each region."
      actions={<Button onClick={open}>New account</Button>}
    >
      <Loaded query={query} failed="The accounts could not be read">
        {({ accounts }) => <AccountRows accounts={accounts} />}
      </Loaded>
      <KeyCommand />
      {creating && <NewAccount close={close} />}
    </PageFrame>
  );
}

function AccountRows({ accounts }: { accounts: readonly Account[] }) {
  return (
    <DataTable
      label="Accounts"
      rows={accounts}
      rowKey={({ id }) => id}
      columns={[
        { title: "ID", cell: ({ id }) => <Code>{id}</Code> },
        { title: "Name", cell: ({ name }) => <Text size="sm">{name || "–"}</Text> },
        { title: "Regions in use", cell: ({ id, regions }) => <Regions account={id} regions={regions} /> },
        {
          title: "Created",
          cell: ({ createdAt }) =>
            createdAt === undefined ? (
              <Text size="sm">Default account</Text>
            ) : (
              <Time at={createdAt} format={formatMinute} />
            ),
        },
        {
          title: "Actions",
          untitled: true,
          cell: ({ id, createdAt }) => createdAt !== undefined && <DeleteButton id={id} />,
        },
      ]}
    />
  );
}

/** Each leads to the overview of the account there. */
function Regions({ account, regions }: { account: string; regions: readonly string[] }) {
  if (regions.length === 0) return <Text size="sm">None yet</Text>;
  return (
    <Text size="sm" component="span">
      {regions.map((region, index) => (
        <span key={region}>
          {index > 0 && ", "}
          <Anchor href={scoped("/", { account, region })} aria-label={`Show ${account} in ${region}`}>
            {region}
          </Anchor>
        </span>
      ))}
    </Text>
  );
}

function DeleteButton({ id }: { id: string }) {
  const readAnew = useReadAnew();
  return (
    <ConfirmButton
      label="Delete"
      accessibleLabel={`Delete ${id}`}
      question={`Delete the account ${id}?`}
      confirm="Delete the account"
      failed="The account was not deleted"
      run={() => deleteAccount(id)}
      done={readAnew}
    >
      Only an account without resources, messages and access keys can be deleted. Otherwise the server says what is
      left.
    </ConfirmButton>
  );
}

/** Keys are created where the server runs: a browser must not be able to make more of them. */
function KeyCommand() {
  return (
    <Part title="Access keys">
      <Text size="sm">
        Create an account’s access key with the command <Code>keys create</Code>, where the server runs. It shows the
        secret once. A key works in all regions of its account.
      </Text>
      <CodeBlock label="Create an access key" text="mailglass keys create --account 123456789012" />
    </Part>
  );
}

function NewAccount({ close }: { close: () => void }) {
  const readAnew = useReadAnew();
  const [name, setName] = useState("");
  const [id, setId] = useState("");
  return (
    <FormModal
      title="New account"
      submit="Create"
      failed="The account was not created"
      save={() => createAccount({ name: name.trim(), id: id.trim() || undefined })}
      done={readAnew}
      close={close}
    >
      <TextInput
        label="Name"
        description="For people; it can’t be changed later"
        maxLength={256}
        data-autofocus
        autoComplete="off"
        value={name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
      />
      <TextInput
        label="ID"
        description="Twelve digits, such as those of your AWS account; empty: random ones"
        inputMode="numeric"
        autoComplete="off"
        value={id}
        onChange={({ currentTarget }) => setId(currentTarget.value)}
      />
    </FormModal>
  );
}

function useReadAnew(): () => void {
  const queryClient = useQueryClient();
  return () => {
    void queryClient.invalidateQueries({ queryKey: accountsKey });
    void queryClient.invalidateQueries({ queryKey: scopesQuery.queryKey });
  };
}

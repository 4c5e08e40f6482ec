/** What the pages know of configuration sets. */
import { queryOptions, useQueryClient } from "@tanstack/react-query";
import { type Answer, ses } from "../../api/ses.ts";

export type ConfigurationSet = Answer<"GetConfigurationSet">;

/** What all queries of lists of sets begin with. */
export const configurationSetsKey = "configuration sets";

/** One set with all that it says. */
export function configurationSetQuery(name: string) {
  return queryOptions({
    queryKey: ["configuration set", name],
    queryFn: ({ signal }) => ses("GetConfigurationSet", { ConfigurationSetName: name }, signal),
  });
}

/** The account: what a set says nothing of is as it says. */
export const accountQuery = queryOptions({
  queryKey: ["account"],
  queryFn: ({ signal }) => ses("GetAccount", {}, signal),
});

/** Reads a set anew once it was changed. */
export function useReadAnew(name: string): () => Promise<void> {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: configurationSetQuery(name).queryKey });
}

/** What each part of a set's page is given. */
export interface PartOf {
  readonly name: string;
  readonly set: ConfigurationSet;
}

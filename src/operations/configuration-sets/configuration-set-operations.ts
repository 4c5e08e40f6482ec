import type { Handlers } from "../../contract/types.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import type { SendingStatusServices } from "../account/sending-status.ts";
import { createConfigurationSet } from "./create-configuration-set.ts";
import { deleteConfigurationSet } from "./delete-configuration-set.ts";
import { getConfigurationSet } from "./get-configuration-set.ts";
import { listConfigurationSets } from "./list-configuration-sets.ts";
import { putConfigurationSetArchivingOptions } from "./put-configuration-set-archiving-options.ts";
import { putConfigurationSetDeliveryOptions } from "./put-configuration-set-delivery-options.ts";
import { putConfigurationSetReputationOptions } from "./put-configuration-set-reputation-options.ts";
import { putConfigurationSetSendingOptions } from "./put-configuration-set-sending-options.ts";
import { putConfigurationSetSuppressionOptions } from "./put-configuration-set-suppression-options.ts";
import { putConfigurationSetTrackingOptions } from "./put-configuration-set-tracking-options.ts";
import { putConfigurationSetVdmOptions } from "./put-configuration-set-vdm-options.ts";
import type { RedirectDomainServices } from "./redirect-domain.ts";
import { updateConfigurationSet } from "./update-configuration-set.ts";

export function configurationSetOperations(
  services: RedirectDomainServices & SendingStatusServices & { database: ScopedDatabase },
) {
  return {
    CreateConfigurationSet: createConfigurationSet(services),
    DeleteConfigurationSet: deleteConfigurationSet(services),
    GetConfigurationSet: getConfigurationSet(services),
    ListConfigurationSets: listConfigurationSets(services),
    PutConfigurationSetArchivingOptions: putConfigurationSetArchivingOptions(services),
    PutConfigurationSetDeliveryOptions: putConfigurationSetDeliveryOptions(services),
    PutConfigurationSetReputationOptions: putConfigurationSetReputationOptions(services),
    PutConfigurationSetSendingOptions: putConfigurationSetSendingOptions(services),
    PutConfigurationSetSuppressionOptions: putConfigurationSetSuppressionOptions(services),
    PutConfigurationSetTrackingOptions: putConfigurationSetTrackingOptions(services),
    PutConfigurationSetVdmOptions: putConfigurationSetVdmOptions(services),
    UpdateConfigurationSet: updateConfigurationSet(services),
  } satisfies Handlers;
}

/** Settings for test suites. */
import { optional } from "./setting.ts";
import { oneOf } from "./values.ts";

export const testingSettings = {
  testEndpoints: optional(
    "MAILGLASS_TEST_ENDPOINTS",
    "The paths for test suites: the testing API (`/testing/…`, see docs/testing-api.md) and those of LocalStack, moto, aws-ses-v2-local and Mailpit. `on`: they read and delete sent mail, and change what the server does. Where authentication is required, they need the credentials of the admin API. `off`: they do not exist. Unset: `off` if other machines can reach the server (see MAILGLASS_AUTH), otherwise `on`.",
    oneOf("on", "off"),
  ),
};

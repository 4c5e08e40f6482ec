/** Settings for publishing events to AWS services. */
import { setting } from "./setting.ts";

export const publishingSettings = {
  eventBridgeSource: setting(
    "MAILGLASS_EVENTBRIDGE_SOURCE",
    "`source` of the events sent to EventBridge. AWS refuses sources that begin with `aws.`; an emulator may take `aws.ses`, as in SES's events.",
    "mailglass.ses",
    (text) => {
      if (!/^[\x21-\x7e]{1,256}$/.test(text)) throw new Error("must be 1 to 256 ASCII characters without spaces");
      return text;
    },
  ),
  cloudWatchNamespace: setting(
    "MAILGLASS_CLOUDWATCH_NAMESPACE",
    "The CloudWatch namespace of the metrics sent to CloudWatch destinations. SES's own, `AWS/SES`, is closed to others.",
    "Mailglass/SES",
    (text) => {
      if (/^AWS\//i.test(text)) throw new Error("must not begin with AWS/, which CloudWatch keeps for AWS's services");
      if (!/^(?!:)[\w.\-/#: ]{1,255}$/.test(text) || text.trim() === "") {
        throw new Error("must be 1 to 255 letters, digits, spaces and . _ - / # :, and not begin with a colon");
      }
      return text;
    },
  ),
};

/** The lines that connect a client to this server, in several languages. */
import type { Language } from "./languages.ts";

/** What a client needs to know of the server. */
export interface Connection {
  readonly url: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A language, and its lines for a connection. */
export interface Snippet {
  readonly name: string;
  /** What to know before. */
  readonly about: string;
  lines(connection: Connection): string;
}

export const snippets: Readonly<Record<Language, Snippet>> = {
  environment: {
    name: "Environment",
    about: "Every AWS SDK reads these variables: the program itself stays as it is.",
    lines: ({ url, region, accessKeyId, secretAccessKey }) => `export AWS_ENDPOINT_URL_SESV2=${url}
export AWS_REGION=${region} AWS_DEFAULT_REGION=${region}
export AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey}`,
  },
  javascript: {
    name: "JavaScript",
    about: "npm install @aws-sdk/client-sesv2",
    lines: ({ url, region, accessKeyId, secretAccessKey }) => `import { SESv2Client } from "@aws-sdk/client-sesv2";
const credentials = { accessKeyId: "${accessKeyId}", secretAccessKey: "${secretAccessKey}" };
const ses = new SESv2Client({ endpoint: "${url}", region: "${region}", credentials });`,
  },
  python: {
    name: "Python",
    about: "pip install boto3",
    lines: ({ url, region, accessKeyId, secretAccessKey }) => `import boto3
keys = {"aws_access_key_id": "${accessKeyId}", "aws_secret_access_key": "${secretAccessKey}"}
ses = boto3.client("sesv2", endpoint_url="${url}", region_name="${region}", **keys)`,
  },
  go: {
    name: "Go",
    about: "go get github.com/aws/aws-sdk-go-v2/service/sesv2 and .../credentials",
    lines: ({
      url,
      region,
      accessKeyId,
      secretAccessKey,
    }) => `keys := credentials.NewStaticCredentialsProvider("${accessKeyId}", "${secretAccessKey}", "")
options := sesv2.Options{BaseEndpoint: aws.String("${url}"), Region: "${region}", Credentials: keys}
ses := sesv2.New(options)`,
  },
  java: {
    name: "Java",
    about: "Maven: software.amazon.awssdk:sesv2",
    lines: ({
      url,
      region,
      accessKeyId,
      secretAccessKey,
    }) => `var keys = AwsBasicCredentials.create("${accessKeyId}", "${secretAccessKey}");
var builder = SesV2Client.builder().endpointOverride(URI.create("${url}")).region(Region.of("${region}"));
var ses = builder.credentialsProvider(StaticCredentialsProvider.create(keys)).build();`,
  },
  php: {
    name: "PHP",
    about: "composer require aws/aws-sdk-php",
    lines: ({
      url,
      region,
      accessKeyId,
      secretAccessKey,
    }) => `$credentials = ['key' => '${accessKeyId}', 'secret' => '${secretAccessKey}'];
$server = ['endpoint' => '${url}', 'region' => '${region}', 'version' => 'latest'];
$ses = new Aws\\SesV2\\SesV2Client($server + ['credentials' => $credentials]);`,
  },
  cli: {
    name: "AWS CLI",
    about: "Version 2.13 or later.",
    lines: ({
      url,
      region,
      accessKeyId,
      secretAccessKey,
    }) => `export AWS_ENDPOINT_URL_SESV2=${url} AWS_DEFAULT_REGION=${region}
export AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey}
aws sesv2 get-account`,
  },
};

/** s3rver has no types of its own: what the fixture uses. */
declare module "s3rver" {
  interface Context {
    method: string;
    path: string;
    query: Readonly<Record<string, string | string[] | undefined>>;
    status: number;
    type: string;
    body: string | null;
  }
  export default class S3rver {
    constructor(options: {
      address: string;
      port: number;
      directory: string;
      silent: boolean;
      configureBuckets: { name: string }[];
    });
    readonly middleware: ((context: Context, next: () => Promise<void>) => Promise<void>)[];
    run(): Promise<{ port: number }>;
  }
}

/** Uploads of files to import, to the URLs that `POST /admin/uploads` returns. */
import { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";
import type { UrlSigner } from "../../common/signed-url.ts";
import { isFileLocation } from "../../jobs/imports/file-source.ts";
import type { ObjectStore, OpenBucket } from "../../stores/objects/object-store.ts";
import { bodyParts } from "../bodies/body-parts.ts";
import { statedLength } from "../bodies/read-body.ts";
import { refuse, urlFault } from "./signed-file.ts";
import { readUploadFolder } from "./upload-folder.ts";

export interface UploadServices {
  uploads: UrlSigner;
  openBucket: OpenBucket;
  uploadMaxBytes: number;
  clock: () => Date;
}

class TooLarge extends Error {}

/** Adds `PUT /uploads/{bucket}/{key}?expires=&signature=`. The file is stored atomically. */
export function mountUploads(app: FastifyInstance, services: UploadServices): void {
  const { uploads, openBucket, uploadMaxBytes, clock } = services;
  app.register(async (routes) => {
    routes.removeAllContentTypeParsers();
    // The body stays a stream, since files may be larger than memory.
    routes.addContentTypeParser("*", (_request, body, done) => done(null, body));
    routes.put<{ Params: { folder: string; "*": string }; Querystring: { expires?: string; signature?: string } }>(
      "/uploads/:folder/*",
      { bodyLimit: uploadMaxBytes },
      async (request, reply) => {
        const { folder, "*": key } = request.params;
        const asked = { params: { folder, file: key }, query: request.query };
        const fault = urlFault(uploads, asked, { kind: "upload", source: "POST /admin/uploads", now: clock() });
        if (fault !== undefined) return refuse(reply, 403, fault);
        const { bucket, scope } = readUploadFolder(folder);
        if (!isFileLocation({ bucket, key })) return refuse(reply, 403, "No file can be put there.");
        const body = request.body instanceof Readable ? request.body : Readable.from([]);
        try {
          if ((statedLength(request) ?? 0) > uploadMaxBytes) throw new TooLarge();
          const parts = bodyParts(body, request.server.bodyRules.stallMs);
          const size = await store(await openBucket(bucket, scope), key, parts, uploadMaxBytes);
          return await reply.send({ s3Url: `s3://${bucket}/${key}`, bytes: size });
        } catch (error) {
          if (!(error instanceof TooLarge)) throw error;
          return refuse(reply, 413, `The file is larger than ${uploadMaxBytes} bytes (MAILGLASS_UPLOAD_MAX_BYTES).`);
        }
      },
    );
  });
}

async function store(objects: ObjectStore, key: string, body: AsyncIterable<Buffer>, most: number): Promise<number> {
  const writer = await objects.write(key, "application/octet-stream");
  try {
    let size = 0;
    for await (const chunk of body) {
      size += chunk.length;
      if (size > most) throw new TooLarge();
      await writer.write(chunk);
    }
    return await writer.finish();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

// Large objects at S3: multipart uploads, whose parts the service keeps until they are completed or aborted.
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  type Part,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { Pieces } from './bucket.ts';
import { pieceBytes } from './piece-bytes.ts';

/** The service takes 10,000; some are left for those who count from somewhere else. */
const PARTS = 9_000;

export function createS3Pieces(client: S3Client, bucketName: string): Pieces {
  const here = { Bucket: bucketName };

  async function parts(key: string, handle: string, size: number): Promise<Part[]> {
    const found: Part[] = [];
    let after: string | undefined;
    do {
      const page = await client.send(
        new ListPartsCommand({ ...here, Key: key, UploadId: handle, PartNumberMarker: after }),
      );
      found.push(...(page.Parts ?? []));
      after = page.IsTruncated ? page.NextPartNumberMarker : undefined;
    } while (after !== undefined);
    found.sort((a, b) => (a.PartNumber ?? 0) - (b.PartNumber ?? 0));
    // Behind a gap nothing counts.
    const whole = pieceBytes(size, PARTS);
    const broken = found.findIndex(
      ({ PartNumber, Size }, index) =>
        PartNumber !== index + 1 || Size !== Math.min(whole, size - index * whole),
    );
    return broken < 0 ? found : found.slice(0, broken);
  }

  async function* uploads(prefix: string) {
    let from: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {};
    while (from) {
      const page: Awaited<ReturnType<typeof ask>> = await ask(prefix, from);
      yield* page.Uploads ?? [];
      const { NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = page;
      from = page.IsTruncated
        ? { ...(KeyMarker && { KeyMarker }), ...(UploadIdMarker && { UploadIdMarker }) }
        : undefined;
    }
  }
  const ask = (Prefix: string, from: object) =>
    client.send(new ListMultipartUploadsCommand({ ...here, Prefix, ...from }));

  return {
    pieceBytes: size => pieceBytes(size, PARTS),
    async begin(key) {
      const { UploadId } = await client.send(
        new CreateMultipartUploadCommand({ ...here, Key: key, ContentType: 'application/octet-stream' }),
      );
      return UploadId ?? '';
    },
    async kept(key, handle, size) {
      return (await parts(key, handle, size)).reduce((sum, { Size = 0 }) => sum + Size, 0);
    },
    async add(key, handle, at, bytes, size) {
      const PartNumber = at / pieceBytes(size, PARTS) + 1;
      await client.send(
        new UploadPartCommand({ ...here, Key: key, UploadId: handle, PartNumber, Body: bytes }),
      );
    },
    async complete(key, handle, size) {
      try {
        const Parts = (await parts(key, handle, size)).map(completed);
        await client.send(
          new CompleteMultipartUploadCommand({
            ...here,
            Key: key,
            UploadId: handle,
            MultipartUpload: { Parts },
          }),
        );
      } catch (error) {
        // Completed before, and the answer was lost.
        if ((error as Error).name !== 'NoSuchUpload') throw error;
        await client.send(new HeadObjectCommand({ ...here, Key: key }));
      }
    },
    async abort(key) {
      for await (const { Key, UploadId } of uploads(key)) {
        if (Key !== key) continue;
        await client
          .send(new AbortMultipartUploadCommand({ ...here, Key: key, UploadId }))
          .catch((error: Error) => {
            if (error.name !== 'NoSuchUpload') throw error;
          });
      }
    },
    async *unfinished() {
      for await (const { Key: name, Initiated } of uploads(''))
        if (name !== undefined) yield { name, at: Initiated?.getTime() ?? 0 };
    },
  };
}

/** The service wants each part's checksum back, where it took one. */
const completed = ({ PartNumber, ETag, ChecksumCRC32, ChecksumCRC64NVME }: Part): CompletedPart => ({
  PartNumber,
  ETag,
  ...(ChecksumCRC32 && { ChecksumCRC32 }),
  ...(ChecksumCRC64NVME && { ChecksumCRC64NVME }),
});

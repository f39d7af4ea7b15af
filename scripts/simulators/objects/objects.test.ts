// The simulated S3 and Google Cloud Storage, as their official clients meet them, and what they refuse as the real ones do.
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import * as aws from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { IdempotencyStrategy, Storage } from '@google-cloud/storage';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openGcsSimulator } from '../gcs/simulator.ts';
import { openS3Simulator, type S3Simulator } from '../s3/simulator.ts';

const named = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing',
    (error: Error & { code?: unknown }) => String(error.code ?? error.name),
  );

const s3 = suite('simulator/s3');
let amazon: S3Simulator;
let client: aws.S3Client;
const Bucket = 'court';
const connect = (more: Partial<aws.S3ClientConfig> = {}) =>
  new aws.S3Client({
    endpoint: amazon.url,
    region: amazon.keys.region,
    credentials: { accessKeyId: amazon.keys.id, secretAccessKey: amazon.keys.secret },
    forcePathStyle: true,
    maxAttempts: 1,
    ...more,
  });
s3.before(async () => {
  amazon = await openS3Simulator({ pageSize: 2 });
  amazon.makeBucket(Bucket);
  client = connect();
});
s3.after(() => amazon[Symbol.asyncDispose]());

s3('keys, regions and clocks that are wrong are told apart', async () => {
  const put = (from: aws.S3Client) =>
    named(from.send(new aws.PutObjectCommand({ Bucket, Key: 'x', Body: 'x' })));
  const { id, secret } = amazon.keys;
  assert.is(
    await put(connect({ credentials: { accessKeyId: id, secretAccessKey: 'wrong' } })),
    'SignatureDoesNotMatch',
  );
  assert.is(
    await put(connect({ credentials: { accessKeyId: 'AKIAX', secretAccessKey: secret } })),
    'InvalidAccessKeyId',
  );
  assert.is(await put(connect({ region: 'us-east-1' })), 'AuthorizationHeaderMalformed');
  amazon.skew = 16 * 60_000;
  assert.is(await put(connect()), 'RequestTimeTooSkewed');
  amazon.skew = 0;
  assert.is((await fetch(`${amazon.url}/${Bucket}/x`)).status, 403, 'not signed at all');
});

s3(
  'objects of any name are put, once where it is asked for, streamed with a checksum behind, and read in ranges',
  async () => {
    const Key = "größe/a b+c&d='e'(f)!*.txt";
    const put = (Body: aws.PutObjectCommandInput['Body'], more = {}) =>
      client.send(new aws.PutObjectCommand({ Bucket, Key, Body, ...more }));
    await put('first', { IfNoneMatch: '*' });
    assert.is(await named(put('second', { IfNoneMatch: '*' })), 'PreconditionFailed');
    const bytes = randomBytes(200_000);
    await put(Readable.from([bytes.subarray(0, 70_000), bytes.subarray(70_000)]), {
      ContentLength: bytes.length,
    });
    const got = await client.send(new aws.GetObjectCommand({ Bucket, Key, Range: 'bytes=69999-70001' }));
    assert.is(got.ContentRange, 'bytes 69999-70001/200000');
    assert.equal(await got.Body?.transformToByteArray(), new Uint8Array(bytes.subarray(69_999, 70_002)));
    assert.is(await named(put('x', { ChecksumCRC32: 'AAAAAA==' })), 'BadDigest');
    assert.is(
      await named(client.send(new aws.GetObjectCommand({ Bucket, Key, Range: 'bytes=200000-' }))),
      'InvalidRange',
    );
    assert.is(await named(client.send(new aws.HeadObjectCommand({ Bucket, Key: 'none' }))), 'NotFound');
  },
);

s3('lists come in pages, and many objects go at once', async () => {
  for (const Key of ['l/a', 'l/b', 'l/c', 'm'])
    await client.send(new aws.PutObjectCommand({ Bucket, Key, Body: '' }));
  const first = await client.send(new aws.ListObjectsV2Command({ Bucket, Prefix: 'l/' }));
  assert.equal([first.Contents?.map(({ Key }) => Key), first.IsTruncated], [['l/a', 'l/b'], true]);
  const rest = await client.send(
    new aws.ListObjectsV2Command({ Bucket, Prefix: 'l/', ContinuationToken: first.NextContinuationToken }),
  );
  assert.equal([rest.Contents?.map(({ Key }) => Key), rest.IsTruncated], [['l/c'], false]);
  const Objects = ['l/a', 'l/b', 'none'].map(Key => ({ Key }));
  await client.send(new aws.DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
  assert.is((await client.send(new aws.ListObjectsV2Command({ Bucket, Prefix: 'l/' }))).KeyCount, 1);
});

s3(
  'a multipart upload takes parts as large as they must be, in order, with what was told of each',
  async () => {
    const Key = 'large';
    const begin = async () =>
      (await client.send(new aws.CreateMultipartUploadCommand({ Bucket, Key, ChecksumAlgorithm: 'CRC32' })))
        .UploadId;
    const UploadId = await begin();
    const part = async (PartNumber: number, size: number) => {
      const Body = randomBytes(size);
      const told = await client.send(new aws.UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
      return { PartNumber, ETag: told.ETag, ChecksumCRC32: told.ChecksumCRC32 };
    };
    const parts = [await part(1, 5 * 1024 * 1024), await part(2, 10), await part(3, 10)];
    const complete = (Parts: aws.CompletedPart[]) =>
      named(
        client.send(
          new aws.CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }),
        ),
      );
    assert.is(await complete(parts), 'EntityTooSmall');
    assert.is(await complete([parts[1] ?? {}, parts[0] ?? {}]), 'InvalidPartOrder');
    assert.is(await complete([{ ...parts[0], ETag: '"0"' }]), 'InvalidPart');
    assert.is(
      await complete(parts.slice(0, 1).map(({ PartNumber, ETag }) => ({ PartNumber, ETag }))),
      'InvalidRequest',
    );
    const listed = await client.send(new aws.ListPartsCommand({ Bucket, Key, UploadId }));
    assert.equal([listed.Parts?.length, listed.IsTruncated, listed.NextPartNumberMarker], [2, true, '2']);
    const other = await begin();
    assert.is(
      (await client.send(new aws.ListMultipartUploadsCommand({ Bucket, Prefix: Key }))).Uploads?.length,
      2,
    );
    await client.send(new aws.AbortMultipartUploadCommand({ Bucket, Key, UploadId: other }));
    assert.is(await complete(parts.slice(0, 2)), 'nothing');
    assert.is(await complete(parts.slice(0, 2)), 'NoSuchUpload');
    const { ContentLength, ETag } = await client.send(new aws.HeadObjectCommand({ Bucket, Key }));
    assert.equal([ContentLength, ETag?.slice(-3)], [5 * 1024 * 1024 + 10, '-2"']);
  },
);

s3('a presigned address is good for what was signed, and until it ends', async () => {
  await client.send(new aws.PutObjectCommand({ Bucket, Key: 'p', Body: 'hello' }));
  const url = await getSignedUrl(
    client,
    new aws.GetObjectCommand({ Bucket, Key: 'p', ResponseContentType: 'x/y' }),
    { expiresIn: 60 },
  );
  const answer = await fetch(url);
  assert.equal(
    [answer.status, answer.headers.get('content-type'), await answer.text()],
    [200, 'x/y', 'hello'],
  );
  const code = async (from: string, init?: RequestInit) =>
    /<Code>(\w+)/.exec(await (await fetch(from, init)).text())?.[1];
  assert.is(await code(url, { method: 'DELETE' }), 'SignatureDoesNotMatch');
  assert.is(await code(url.replace('x%2Fy', 'text%2Fhtml')), 'SignatureDoesNotMatch');
  amazon.skew = 61_000;
  assert.is(await code(url), 'AccessDenied');
  amazon.skew = 0;
});
s3.run();

const gcs = suite('simulator/gcs');
gcs(
  'the official client uploads in each way, composes, lists, and is held to its preconditions and sums',
  async () => {
    await using google = await openGcsSimulator({ pageSize: 2 });
    google.makeBucket(Bucket);
    const service = JSON.parse(google.credentials);
    // Another client than the hub's: with the token of an assertion that it signed itself.
    const { access_token: token } = (await google.oauth
      .token(
        new URLSearchParams({
          grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
          assertion: await assertion(service),
        }),
      )
      .then(({ body }) => body)) as { access_token: string };
    const storage = new Storage({
      apiEndpoint: google.url,
      projectId: 'x',
      retryOptions: { autoRetry: false, idempotencyStrategy: IdempotencyStrategy.RetryNever },
    });
    storage.interceptors.push({
      request: options => {
        options.headers = { ...options.headers, authorization: `Bearer ${token}` };
        return options;
      },
    });
    const bucket = storage.bucket(Bucket);
    const bytes = randomBytes(700_000);
    await bucket.file('simple').save(bytes, { resumable: false, validation: 'crc32c' });
    await bucket.file('a b/ö').save(bytes, { resumable: false, validation: 'md5' });
    const once = { preconditionOpts: { ifGenerationMatch: 0 }, resumable: false };
    assert.is(await named(bucket.file('simple').save('x', once)), '412');
    const [joined] = await bucket.combine(['simple', 'a b/ö'], 'joined');
    assert.equal((await joined.download())[0], Buffer.concat([bytes, bytes]));
    assert.equal((await joined.download({ start: 699_999, end: 700_000 }))[0].length, 2);
    const page = (await bucket.getFiles({ autoPaginate: false })) as unknown as [
      unknown[],
      { pageToken?: string },
    ];
    assert.equal([page[0].length, typeof page[1].pageToken], [2, 'string']);
    assert.is((await bucket.getFiles())[0].length, 3);
    const bad = { resumable: false, metadata: { crc32c: 'AAAAAA==' } };
    assert.is(await named(bucket.file('bad').save(bytes, bad)), '400');
    assert.is(await named(bucket.file('none').getMetadata()), '404');
    // In a session, bit by bit; what is no multiple of 256 KiB is not kept.
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const begun = await fetch(
      `${google.url}/upload/storage/v1/b/${Bucket}/o?uploadType=resumable&name=session`,
      {
        method: 'POST',
        headers,
        body: '{}',
      },
    );
    const session = begun.headers.get('location') ?? '';
    const send = (range: string, body: Uint8Array<ArrayBuffer>) =>
      fetch(session, { method: 'PUT', headers: { 'content-range': range }, body });
    const some = await send('bytes 0-299999/*', new Uint8Array(bytes.subarray(0, 300_000)));
    assert.equal([some.status, some.headers.get('range')], [308, 'bytes=0-262143']);
    const end = await send('bytes 262144-699999/700000', new Uint8Array(bytes.subarray(262_144)));
    assert.is(end.status, 200);
    assert.is(google.buckets.get(Bucket)?.get('session')?.bytes.equals(bytes), true);
    assert.is((await fetch(`${google.url}/storage/v1/b/${Bucket}/o`)).status, 401);
  },
);
gcs.run();

async function assertion(service: { client_email: string; private_key: string }): Promise<string> {
  const { importPKCS8, SignJWT } = await import('jose');
  return new SignJWT({ scope: 'https://www.googleapis.com/auth/devstorage.read_write' })
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuer(service.client_email)
    .setAudience('https://oauth2.googleapis.com/token')
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(await importPKCS8(service.private_key, 'RS256'));
}

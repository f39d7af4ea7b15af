// Where the files of a run lie: the disk, or a simulated S3 behind a proxy, so that it can be cut off.
import { openProxy } from '../lib/tcp-proxy.ts';
import { openS3Simulator } from '../simulators/s3/simulator.ts';

export interface Storage extends AsyncDisposable {
  /** Settings of the hubs. */
  readonly env: Record<string, string>;
  /** Cuts off what leads to it; what it returns lets it be there again. A disk has none. */
  readonly kill?: () => () => void;
}

export async function openStorage(kind: 'disk' | 's3'): Promise<Storage> {
  if (kind === 'disk') return { env: {}, [Symbol.asyncDispose]: async () => {} };
  await using parts = new AsyncDisposableStack();
  const s3 = parts.use(await openS3Simulator());
  s3.makeBucket('court');
  const proxy = parts.use(await openProxy({ host: '127.0.0.1', port: Number(new URL(s3.url).port) }));
  const open = parts.move();
  return {
    env: {
      STORAGE_URL: 's3://court',
      S3_ENDPOINT: `http://127.0.0.1:${proxy.port}`,
      S3_ACCESS_KEY_ID: s3.keys.id,
      S3_SECRET_ACCESS_KEY: s3.keys.secret,
      S3_REGION: s3.keys.region,
    },
    kill() {
      proxy.cut();
      return proxy.mend;
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

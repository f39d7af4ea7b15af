// Elasticsearch: is it one, is it new enough, does it take our name and password.
import { z } from 'zod';
import type { Check } from './check.ts';
import { ask } from './http.ts';

const OLDEST = 8;
const root = z.object({ version: z.object({ number: z.string() }) });

export const elasticsearch: Check = async ({ config, signal }) => {
  const { elasticsearchUrl } = config;
  if (!elasticsearchUrl) return { state: 'off' };
  const url = new URL(elasticsearchUrl);
  const { username, password } = url;
  url.username = url.password = '';
  const basic = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString(
    'base64',
  );
  return ask({
    url: url.href,
    ...(username && { headers: { authorization: `Basic ${basic}` } }),
    signal,
    name: 'Elasticsearch',
    addressSetting: 'ELASTICSEARCH_URL',
    keySetting: 'ELASTICSEARCH_URL',
    async meaning(answer) {
      if (!answer.ok) return undefined;
      const product = answer.headers.get('x-elastic-product');
      const parsed = root.safeParse(await answer.json().catch(() => undefined));
      if (product !== 'Elasticsearch' || !parsed.success)
        return {
          state: 'failed',
          reason: `What answers at ${url.host} is not Elasticsearch.`,
          next: 'Check ELASTICSEARCH_URL.',
        };
      const version = parsed.data.version.number;
      if (Number.parseInt(version, 10) >= OLDEST) return { state: 'ok' };
      return {
        state: 'failed',
        reason: `Elasticsearch ${version} is too old.`,
        next: `Upgrade it to ${OLDEST} or later.`,
      };
    },
  });
};

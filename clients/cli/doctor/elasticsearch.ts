// Elasticsearch: is it one, is it new enough, does it take our name and password, does it allow us enough, and is there an index that answers.
import { z } from 'zod';
import type { Check, Finding } from './check.ts';
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
  const headers = username ? { authorization: `Basic ${basic}` } : {};
  const finding = await ask({
    url: url.href,
    headers,
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
  if (finding.state !== 'ok') return finding;
  const about = { base: url.href.replace(/\/$/, ''), headers, signal };
  return (await lackOfRights(about)) ?? (await whoAnswers(about));
};

interface About {
  readonly base: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

const INDICES = 'first-court-*';
const RIGHTS = ['create_index', 'delete_index', 'manage', 'read', 'write'];
const rights = z.object({ index: z.record(z.string(), z.record(z.string(), z.boolean())) });
const aliases = z.record(z.string(), z.object({ aliases: z.record(z.string(), z.unknown()) }));

/** A server without users does not know the question, and allows everything. */
async function lackOfRights({ base, headers, signal }: About): Promise<Finding | undefined> {
  const answer = await fetch(`${base}/_security/user/_has_privileges`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ index: [{ names: [INDICES], privileges: RIGHTS }] }),
    signal,
  });
  const parsed = rights.safeParse(await answer.json().catch(() => undefined));
  if (!answer.ok || !parsed.success) return undefined;
  const lacking = Object.entries(parsed.data.index[INDICES] ?? {}).flatMap(([name, may]) =>
    may ? [] : [name],
  );
  if (lacking.length === 0) return undefined;
  return {
    state: 'failed',
    reason: `The user of ELASTICSEARCH_URL lacks rights on ${INDICES}: ${lacking.join(', ')}.`,
    next: 'Give it a role with these rights.',
  };
}

async function whoAnswers({ base, headers, signal }: About): Promise<Finding> {
  const answer = await fetch(`${base}/_alias/${INDICES}`, { headers, signal });
  const parsed = aliases.safeParse(await answer.json().catch(() => undefined));
  const all = parsed.success ? Object.values(parsed.data).flatMap(one => Object.keys(one.aliases)) : [];
  // Each index has an alias of its own for what is written; what searches go to is another one.
  const answering = all.some(alias => !alias.endsWith('_write'));
  return { state: 'ok', reason: answering ? 'An index answers searches.' : 'No index yet: a hub makes one.' };
}

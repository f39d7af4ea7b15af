// All checks by name, run side by side, each within its time and none able to stop the others.
import type { Config } from '../../../server/config.ts';
import { claude, huggingface, openai } from './ai.ts';
import type { Check, Finding } from './check.ts';
import { database, redis, supabase } from './data.ts';
import { elasticsearch } from './elasticsearch.ts';
import { gather } from './gather.ts';
import { google } from './google.ts';
import { slack } from './slack.ts';
import { sms, smtp } from './smtp.ts';
import { storage } from './storage.ts';

export const checks = {
  slack,
  gather,
  google,
  claude,
  openai,
  huggingface,
  elasticsearch,
  redis,
  database,
  supabase,
  storage,
  smtp,
  sms,
} satisfies Record<string, Check>;

export type Findings = Record<keyof typeof checks, Finding>;

/** @param patience milliseconds for each */
export async function examine(config: Config, patience: number): Promise<Findings> {
  const entries = Object.entries(checks).map(
    async ([name, check]) => [name, await within(check, config, patience)] as const,
  );
  return Object.fromEntries(await Promise.all(entries)) as Findings;
}

async function within(check: Check, config: Config, patience: number): Promise<Finding> {
  const late = new AbortController();
  const over = new Promise<Finding>(resolve => {
    late.signal.addEventListener('abort', () =>
      resolve({
        state: 'failed',
        reason: `No answer within ${patience / 1000} s.`,
        next: 'Check the address, and whether a firewall is in between.',
      }),
    );
  });
  const timer = setTimeout(() => late.abort(), patience);
  const done = check({ config, signal: late.signal }).catch(
    (error: Error): Finding => ({
      state: 'failed',
      reason: error.message.replace(/\s+/g, ' ').trim() || error.name,
    }),
  );
  try {
    return await Promise.race([done, over]);
  } finally {
    clearTimeout(timer);
  }
}

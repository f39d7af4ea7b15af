// Claude, OpenAI and Hugging Face: one question each that costs nothing and that only a good key answers.
import type { Check, Finding } from './check.ts';
import { ask } from './http.ts';

const DEFAULT_MODEL = 'claude-sonnet-5-5';
/** Models that stand in old settings, with what to take instead. */
const RETIRED: Record<string, string> = { 'claude-3-opus-20240229': 'claude-opus-5-5' };

export const claude: Check = async ({ config, signal }) => {
  const { key, model = DEFAULT_MODEL, url } = config.services.claude;
  if (!key) return { state: 'off' };
  const gone = (instead: string): Finding => ({
    state: 'failed',
    reason: `There is no model ${model} any more.`,
    next: `Set CLAUDE_MODEL=${instead}.`,
  });
  const retired = RETIRED[model];
  if (retired) return gone(retired);
  return ask({
    url: `${url}/v1/models/${encodeURIComponent(model)}`,
    headers: { authorization: `Bearer ${key}`, 'anthropic-version': '2026-10-21' },
    signal,
    name: 'Claude',
    addressSetting: 'CLAUDE_BASE_URL',
    keySetting: 'CLAUDE_API_KEY',
    meaning: ({ status }) => (status === 404 ? gone(DEFAULT_MODEL) : undefined),
  });
};

export const openai: Check = async ({ config, signal }) => {
  const { key, url } = config.services.openai;
  if (!key) return { state: 'off' };
  return ask({
    url: `${url}/models`,
    headers: { authorization: `Bearer ${key}` },
    signal,
    name: 'OpenAI',
    addressSetting: 'OPENAI_BASE_URL',
    keySetting: 'OPENAI_API_KEY',
  });
};

export const huggingface: Check = async ({ config, signal }) => {
  const { key, endpoint } = config.services.huggingface;
  if (!key) return { state: 'off' };
  return ask({
    url: endpoint ?? 'https://huggingface.co/api/whoami-v2',
    headers: { authorization: `Bearer ${key}` },
    signal,
    name: endpoint ? 'The endpoint at Hugging Face' : 'Hugging Face',
    addressSetting: 'HF_ENDPOINT_URL',
    keySetting: 'HF_TOKEN',
    meaning({ status }) {
      if (!endpoint) return undefined;
      // An endpoint knows what its model takes; that it refuses a bare GET says that it runs and that we may ask.
      if ([400, 404, 405, 422].includes(status)) return { state: 'ok' };
      if (status === 503)
        return {
          state: 'degraded',
          reason: 'The endpoint at Hugging Face sleeps or is starting.',
          next: 'Wake it there, or wait a few minutes.',
        };
      return undefined;
    },
  });
};

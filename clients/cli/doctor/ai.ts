// Claude, OpenAI and Hugging Face: one question each that costs nothing and that only a good key answers.
import { CLAUDE_MODELS } from '../../../shared/ai-models.ts';
import type { Check } from './check.ts';
import { ask } from './http.ts';

/** That a model was retired is told with the settings, before anybody is asked. */
export const claude: Check = async ({ config, signal }) => {
  if (!config.models.claude) return { state: 'off' };
  const { apiKey, model, url } = config.models.claude;
  return ask({
    url: `${url}/v1/models/${encodeURIComponent(model)}`,
    headers: { authorization: `Bearer ${apiKey}`, 'anthropic-version': '2026-10-21' },
    signal,
    name: 'Claude',
    addressSetting: 'CLAUDE_BASE_URL',
    keySetting: 'CLAUDE_API_KEY',
    meaning: ({ status }) =>
      status === 404
        ? {
            state: 'failed',
            reason: `Claude has no model ${model}.`,
            next: `Set CLAUDE_MODEL to one that it has: ${CLAUDE_MODELS.join(', ')}.`,
          }
        : undefined,
  });
};

export const openai: Check = async ({ config, signal }) => {
  if (!config.models.openai) return { state: 'off' };
  const { apiKey, url } = config.models.openai;
  return ask({
    url: `${url}/models`,
    headers: apiKey ? { authorization: `Bearer ${apiKey}` } : {},
    signal,
    name: 'OpenAI',
    addressSetting: 'OPENAI_BASE_URL',
    keySetting: 'OPENAI_API_KEY',
  });
};

export const huggingface: Check = async ({ config, signal }) => {
  const { token, endpoint } = config.models.huggingface;
  if (!token && !endpoint) return { state: 'off' };
  return ask({
    url: endpoint ?? 'https://huggingface.co/api/whoami-v2',
    headers: token ? { authorization: `Bearer ${token}` } : {},
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

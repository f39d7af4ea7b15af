// The simulated Claude for `npm run simulators`: it writes by a plain rule, with real citations, and fails when somebody wants it to.
import { playgroundOf } from '../models/playground.ts';
import type { OpenPlayground } from '../playground.ts';
import { openClaudeSimulator } from './simulator.ts';

export const open: OpenPlayground = async (_, port) => {
  const claude = await openClaudeSimulator({ port });
  return playgroundOf(claude, {
    title: 'Claude',
    settings: { CLAUDE_API_KEY: claude.apiKey, CLAUDE_BASE_URL: claude.url },
    notes: ['It repeats first sentences; what it costs is counted as if it were real.'],
    more: {
      'be overloaded': { kind: 'status', status: 529 },
      refuse: { kind: 'stop', reason: 'refusal', lines: 0 },
    },
  });
};

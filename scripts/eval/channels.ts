// Whether the questions and answers told of a help channel belong together, by the reply links that people marked in its logs.
import { openExtractive } from '../../server/summarizer/extractive/index.ts';
import { channelFolder, readChannel, readConversations } from './channel.ts';
import type { Part } from './part.ts';

/** Enough for every question of the marked lines. */
const WORDS = 1_000;

export const channels: Part = {
  name: 'channels',
  async run() {
    const logs = await readChannel();
    if (!logs) return { tables: [], figures: { skipped: `The logs are not there: ${channelFolder}` } };
    await using summarizer = openExtractive();
    const never = new AbortController().signal;
    let told = 0;
    let right = 0;
    for (const [log, lines] of logs) {
      const marked = await readConversations(log);
      const number = (id: string) => Number(id.split(':')[1]);
      const given = lines.filter(({ id }) => marked.has(number(id)));
      const request = { title: '#ubuntu', lines: given, style: 'brief' as const, words: WORDS };
      for await (const { cites } of summarizer.summarize(request, never)) {
        told++;
        if (new Set(cites.map(id => marked.get(number(id)))).size === 1) right++;
      }
    }
    const share = told > 0 ? (100 * right) / told : 0;
    return {
      tables: [
        {
          title: 'Questions and answers of a help channel: all that a claim cites is of one conversation (%)',
          columns: ['precision', 'claims'],
          rows: [['extractive', share, told]],
        },
      ],
      figures: { precision: share, claims: told },
    };
  },
};

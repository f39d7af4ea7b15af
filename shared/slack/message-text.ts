// What a Slack message says, as a text of ours: its words, or those that a bot put into attachments, and what hangs on it as links.
import { z } from 'zod';
import { type SlackNames, slackToMarkdown } from './markup.ts';

/** The parts of a message that people read, as the API and exports have them. */
export const spokenShape = {
  subtype: z.string().optional(),
  text: z.string().default(''),
  files: z
    .array(
      z.object({ name: z.string().nullish(), title: z.string().nullish(), permalink: z.string().nullish() }),
    )
    .nullish(),
  attachments: z.array(z.object({ text: z.string().nullish(), fallback: z.string().nullish() })).nullish(),
};
const spoken = z.object(spokenShape);

export function slackText(
  { subtype, text, files, attachments }: z.infer<typeof spoken>,
  names: SlackNames,
): string {
  const attached = (attachments ?? []).map(one => one.text || one.fallback || '').filter(Boolean);
  const own = slackToMarkdown(text || attached.join('\n'), names);
  const links = (files ?? []).map(({ name, title, permalink }) => {
    const shown = (title || name || 'file').replace(/[[\]\\]/g, '\\$&');
    return permalink ? `[${shown}](${permalink})` : shown;
  });
  const said = subtype === 'me_message' && own ? `*${own}*` : own;
  return [said, ...links].filter(Boolean).join('\n');
}

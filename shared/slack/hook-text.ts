// What is posted to an incoming webhook, as a text of ours. People paste our addresses where they pasted Slack's, so its form is read too.
import type { HookMessage } from '../protocol/hooks.ts';
import { type SlackNames, slackToMarkdown } from './markup.ts';

/** Nobody here is known by their id there. */
const names: SlackNames = { person: id => id };

/** @param slack it came the way that only Slack's webhooks have, so its text is mrkdwn */
export function hookText(
  { text, mrkdwn, attachments, blocks }: Pick<HookMessage, 'text' | 'mrkdwn' | 'attachments' | 'blocks'>,
  slack: boolean,
): string {
  const attached = (attachments ?? []).map(one => {
    const title = one.title && one.title_link ? `<${one.title_link}|${one.title}>` : one.title;
    return [one.pretext, title, one.text || (title ? '' : one.fallback)].filter(Boolean).join('\n');
  });
  // Blocks are the same once more, and nicer; `text` is what programs read that do not know them.
  const drawn = text.trim() ? [] : (blocks ?? []).map(blockText);
  if (slack || attached.length > 0 || drawn.length > 0 || mrkdwn)
    return slackToMarkdown([text, ...drawn, ...attached].filter(one => one.trim()).join('\n'), names);
  // Ours is Markdown, in which this means nothing.
  return text.replace(/<((?:https?|mailto):[^\s<>|]+)\|([^<>|\n]+)>/g, link => slackToMarkdown(link, names));
}

function blockText({ text, fields, elements }: NonNullable<HookMessage['blocks']>[number]): string {
  const one = (part: unknown): string => {
    if (typeof part === 'string') return part;
    const inner = typeof part === 'object' && part !== null ? (part as { text?: unknown }).text : undefined;
    return typeof inner === 'string' ? inner : '';
  };
  return [text, ...(fields ?? []), ...(elements ?? [])].map(one).filter(Boolean).join('\n');
}

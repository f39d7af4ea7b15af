// Slack's markup as the plain text with links that people read here.
import type { SlackMessage, SlackPeople } from './slack-files.ts';

/** The text of a message with what hangs on it: names of files, and the words of a bot that speaks in attachments. */
export function plainText(message: SlackMessage, people: SlackPeople, author: string): string {
  const attached = (message.attachments ?? []).map(({ text, fallback }) => text || fallback || '');
  const files = (message.files ?? []).map(({ name, title, permalink }) => {
    const shown = title || name || 'file';
    return permalink ? `[${shown}](${permalink})` : `[${shown}]`;
  });
  const own = message.text || attached.filter(Boolean).join('\n');
  const text = [readable(own, people), ...files].filter(Boolean).join('\n');
  return message.subtype === 'me_message' ? `* ${author} ${text}` : text;
}

/** Resolves `<@U1>`, `<#C1|name>`, `<!here>`, `<url|label>` and the entities. */
export function readable(text: string, people: Pick<SlackPeople, 'person'>): string {
  return text
    .replace(/<([^<>\n]+)>/g, (_, inside: string) => {
      const [target = '', label] = inside.split(/\|(.*)/s, 2);
      if (target.startsWith('@')) return `@${people.person(target.slice(1)).id}`;
      if (target.startsWith('#')) return `#${label || target.slice(1)}`;
      if (target.startsWith('!')) return label ?? `@${target.slice(1)}`;
      const address = target.replace(/^mailto:/, '');
      return label === undefined || label === '' || label === address ? address : `[${label}](${target})`;
    })
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

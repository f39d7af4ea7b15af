// Slack's mrkdwn as Markdown, and back. Plain text survives both ways unchanged, and nothing that people write becomes a mention, a link or a
// command of Slack's unless it is one here.
import { withEmoji } from './emoji.ts';

export interface SlackNames {
  /** What stands after the `@` for a Slack id. */
  person(id: string): string;
}

export interface HubNames {
  /** The Slack id of somebody who is mentioned as `@name`; undefined leaves the name as it is. */
  slackId(name: string): string | undefined;
}

/** Finished pieces wait under a number between NULs, which no text holds, while what is around them is worked on. */
function createShelf() {
  const pieces: string[] = [];
  return {
    put: (piece: string) => `\0${pieces.push(piece) - 1}\0`,
    restore(text: string): string {
      let whole = text;
      while (whole.includes('\0'))
        whole = whole.replace(/\0(\d+)\0/g, (_, n: string) => pieces[Number(n)] ?? '');
      return whole;
    },
  };
}

const entities = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const plain = (text: string) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

const FENCE = /```(?:[^\S\n]*\n)?([\s\S]+?)\n?```/g;
const INLINE = /`([^`\n]+)`/g;
const ANGLE = /<([^<>\n]+)>/g;
const marked = (mark: string) =>
  new RegExp(
    `(?<![\\p{L}\\p{N}${mark}])${mark}(?=[^\\s${mark}])([^${mark}\\n]*[^\\s${mark}])${mark}(?![\\p{L}\\p{N}${mark}])`,
    'gu',
  );
const SLACK_BOLD = marked('\\*');
const STRIKE = marked('~');

export function slackToMarkdown(mrkdwn: string, names: SlackNames): string {
  const shelf = createShelf();
  const bare = (code: string) =>
    plain(code.replace(ANGLE, (_, inside: string) => inside.split('|')[1] ?? inside));
  const text = mrkdwn
    .replaceAll('\0', '')
    .replace(FENCE, (_, code: string) => shelf.put(`\n\`\`\`\n${bare(code)}\n\`\`\`\n`))
    .replace(INLINE, (_, code: string) => shelf.put(`\`${bare(code)}\``))
    .replace(ANGLE, (_, inside: string) => shelf.put(angled(inside, names)))
    .replace(/^((?:&gt;|>) ?)+/gm, quote => shelf.put(plain(quote)))
    .replace(/^(\s*)• /gm, (_, space: string) => shelf.put(`${space}- `))
    .replace(/\\(?=[!-/:-@[-`{-~])/g, () => shelf.put('\\\\'))
    .replace(/^(#{1,6}) /gm, (_, hashes: string) => shelf.put(`\\${hashes} `))
    .replace(SLACK_BOLD, (_, inner: string) => `**${inner}**`)
    .replace(STRIKE, (_, inner: string) => `~~${inner}~~`);
  return shelf
    .restore(plain(withEmoji(text)))
    .replace(/^\n(?=```)/, '')
    .replace(/```\n$/, '```');
}

function angled(inside: string, names: SlackNames): string {
  const [target = '', label] = inside.split(/\|(.*)/s, 2).map(plain);
  if (/^@[UWB]\w+$/.test(target)) return `@${names.person(target.slice(1))}`;
  if (target.startsWith('#')) return `#${label || target.slice(1)}`;
  if (target.startsWith('!')) {
    const [command = ''] = target.slice(1).split('^');
    return label ?? `@${command}`;
  }
  const address = target.replace(/^(mailto|tel):/, '');
  if (!label || label === address) return address;
  return `[${label.replace(/[[\]\\]/g, '\\$&')}](${target.replaceAll(' ', '%20').replaceAll(')', '%29')})`;
}

const LINK =
  /!?\[((?:\\.|[^\][\\\n])*)\]\(((?:https?:\/\/|mailto:)[^\s()\0]*(?:\([^\s()\0]*\)[^\s()\0]*)*)\)/g;
const ADDRESS = /<?\b(https?:\/\/[^\s<>\0]*[^\s<>\0.,:;!?)\]}'"*_~`])>?/g;
const MENTION = /(?<![\p{L}\p{N}_])@([^\s@\0]{1,128})/gu;
const BOLD =
  /\*\*(?=\S)([^*\n]*(?:\*(?!\*)[^*\n]+)*?\S?)\*\*|(?<![\p{L}\p{N}_])__(?=\S)([^_\n]+)__(?![\p{L}\p{N}_])/gu;
const ITALIC = /(?<![\p{L}\p{N}*\\])\*(?=[^\s*])([^*\n]*[^\s*])\*(?![\p{L}\p{N}*])/gu;

export function markdownToSlack(markdown: string, names: HubNames): string {
  const shelf = createShelf();
  const bold = (inner: string) => `${shelf.put('*')}${inner}${shelf.put('*')}`;
  const text = markdown
    .replaceAll('\0', '')
    .replace(/^```[^\n`]*\n([\s\S]*?)\n?```$/gm, (_, code: string) =>
      shelf.put(`\`\`\`\n${entities(code)}\n\`\`\``),
    )
    .replace(INLINE, (_, code: string) => shelf.put(`\`${entities(code)}\``))
    .replace(LINK, (_, label: string, url: string) =>
      shelf.put(`<${address(url)}|${entities(label.replace(/\\(.)/g, '$1')) || address(url)}>`),
    )
    .replace(ADDRESS, (_, url: string) => shelf.put(`<${address(url)}>`))
    .replace(/\\([!-/:-@[-`{-~])/g, (_, char: string) => shelf.put(entities(char)))
    .replace(MENTION, (whole, name: string) => {
      const bare = name.replace(/[.,:;!?)\]}'"*_~`>]+$/u, '');
      for (const candidate of [name, bare]) {
        const id = names.slackId(candidate);
        if (id !== undefined) return shelf.put(`<@${id}>`) + name.slice(candidate.length);
      }
      return whole;
    })
    .replace(/^(> ?)+/gm, quote => shelf.put(quote))
    .replace(/^#{1,6} +(\S.*)$/gm, (_, title: string) => bold(title.replaceAll('**', '').trim()))
    .replace(/^(\s*)[-*+] (?=\S)/gm, (_, space: string) => shelf.put(`${space}• `))
    .replace(BOLD, (_, stars?: string, lines?: string) => bold(stars ?? lines ?? ''))
    .replace(ITALIC, (_, inner: string) => `_${inner}_`)
    .replace(/~~(?=\S)([^~\n]*[^\s~])~~/g, (_, inner: string) => `~${inner}~`);
  return shelf.restore(entities(text));
}

/** An address as it may stand between `<` and `|`. */
const address = (url: string) =>
  url.replaceAll('&', '&amp;').replaceAll('<', '%3C').replaceAll('>', '%3E').replaceAll('|', '%7C');

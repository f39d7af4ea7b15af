// What a mail says: as text and as plain HTML, of one thing or of several that waited together.
import type { Letter } from '../hub/ports-outbox.ts';
import { inOrder } from './letters.ts';

export interface Mail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const SUBJECT = 120;
/** Of very many, the newest are written out. */
const MOST = 8;

export function mailOf(
  letters: readonly Letter[],
  { publicUrl, unsubscribe }: { publicUrl: string | undefined; unsubscribe: string | undefined },
): Mail {
  const link = ({ place, action }: Letter) =>
    publicUrl && (action ? `${publicUrl}${action.path}` : `${publicUrl}/#${place ?? '/'}`);
  const foot = unsubscribe ? `You do not want these mails? ${unsubscribe}` : '';
  const all = inOrder(letters);
  const parts = all.slice(-MOST).map(one => ({ ...one, link: link(one) }));
  const rest = all.length - parts.length;
  const before = rest > 0 ? `${rest} more came before these.` : '';
  return {
    subject: subjectOf(all),
    text: [
      before,
      ...parts.map(({ title, text, link }) => [title, '', text, ...(link ? ['', link] : [])].join('\n')),
      foot,
    ]
      .filter(Boolean)
      .join('\n\n-- \n'),
    html: [
      ...(before ? [`<p>${before}</p>`] : []),
      ...parts.map(({ title, text, link, action }) =>
        [
          `<h2>${html(title)}</h2>`,
          `<p style="white-space: pre-wrap">${html(text)}</p>`,
          ...(link
            ? [`<p><a href="${html(link)}">${html(action?.says ?? 'Open it in First Court')}</a></p>`]
            : []),
        ].join('\n'),
      ),
      ...(unsubscribe ? [`<p><small><a href="${html(unsubscribe)}">Unsubscribe</a></small></p>`] : []),
    ].join('\n'),
  };
}

function subjectOf(letters: readonly Letter[]): string {
  const [first] = letters;
  if (!first) return 'First Court';
  const words = first.text.replace(/[\p{Cc}\s]+/gu, ' ').trim();
  const line = `${first.title.replace(/[\p{Cc}\s]+/gu, ' ')}: ${words}`;
  const marked = first.level === 'critical' ? `Important: ${line}` : line;
  const more = letters.length > 1 ? ` (and ${letters.length - 1} more)` : '';
  const short = [...marked];
  return (short.length > SUBJECT ? `${short.slice(0, SUBJECT).join('')}…` : marked) + more;
}

const SIGNS: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const html = (text: string): string => text.replace(/[&<>"']/g, sign => SIGNS[sign] as string);

// The last messages that concerned one: why, whether one was told, and if not, why not.
import { useEffect, useState } from 'react';
import { reasonWords, ruleWords } from '../../../shared/notice-words.ts';
import type { CallData, Notice } from '../../js/index.ts';
import { dayWords, timeWords } from '../components/dates.ts';
import { useWorkspace } from '../hooks/use-workspace.ts';
import { plainText } from '../state/plain-text.ts';
import { go } from '../state/route.ts';
import { DialogError } from './dialog-frame.tsx';

type Cursor = CallData<'notify:list'>['cursor'];

const ways: Record<string, string> = { email: 'by e-mail', push: 'on your devices', sms: 'by SMS' };

export function NoticesTold({ close }: { close(): void }) {
  const { court } = useWorkspace();
  const [notices, setNotices] = useState<readonly Notice[]>();
  const [cursor, setCursor] = useState<Cursor>();
  const [from, setFrom] = useState<Cursor>();
  const [error, setError] = useState<string>();

  useEffect(() => {
    let shown = true;
    court.call('notify:list', from ? { before: from } : {}).then(
      page => {
        if (!shown) return;
        setNotices((before = []) => (from ? [...before, ...page.notices] : page.notices));
        setCursor(page.cursor);
      },
      failure => shown && setError((failure as Error).message),
    );
    return () => {
      shown = false;
    };
  }, [court, from]);

  const open = ({ room, root, message }: Notice) => {
    go(root ? { room, panel: { kind: 'thread', root } } : { room, message });
    close();
  };
  return (
    <div className="browse">
      <DialogError error={error} />
      {notices?.length === 0 && (
        <p className="dialog-text">Nothing has concerned you while you were away, and nothing before.</p>
      )}
      <ul aria-label="Messages that concerned you">
        {notices?.map(notice => (
          <li key={`${notice.room} ${notice.message}`}>
            <Told notice={notice} open={open} />
          </li>
        ))}
      </ul>
      {cursor && (
        <button type="button" className="button small told-more" onClick={() => setFrom(cursor)}>
          Older ones
        </button>
      )}
    </div>
  );
}

function Told({ notice, open }: { notice: Notice; open(notice: Notice): void }) {
  const { at, reason, name, title, text, by } = notice;
  const what = (
    <span>
      <strong>{by === undefined ? 'A message that is not yours to read' : `${name} in ${title}`}</strong>
      {text && <span className="told-text">{plainText(text)}</span>}
      <small>
        {dayWords(at)}, {timeWords(at)} · {reasonWords[reason]}
      </small>
      <small className={notice.verdict === 'notified' ? 'told-yes' : undefined}>{outcome(notice)}</small>
    </span>
  );
  if (by === undefined) return <div className="browse-room told">{what}</div>;
  return (
    <button type="button" className="browse-room told" onClick={() => open(notice)}>
      {what}
    </button>
  );
}

function outcome({ verdict, rule, ways: used }: Notice): string {
  if (verdict === 'waiting') return ruleWords.waiting;
  if (verdict !== 'notified') return `Not told: ${lower(ruleWords[rule])}`;
  const state = (...states: string[]) => [
    ...new Set(used.filter(way => states.includes(way.state)).map(way => ways[way.channel] ?? way.channel)),
  ];
  const [sent, waiting] = [state('sent'), state('waiting')];
  if (sent.length > 0) return `Told ${sent.join(' and ')}.`;
  if (waiting.length > 0) return `On its way ${waiting.join(' and ')}.`;
  return used.length > 0 ? `It could not be delivered ${state('dead', 'cancelled').join(' or ')}.` : 'Told.';
}

const lower = (sentence: string) => sentence.charAt(0).toLowerCase() + sentence.slice(1);

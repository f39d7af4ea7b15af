// What was reported in the rooms that one moderates, and what to do about each.
import { useEffect } from 'react';
import type { Report } from '../../js/index.ts';
import { dayWords, timeWords } from '../components/dates.ts';
import { useStore } from '../hooks/use-store.ts';
import { useWorkspace } from '../hooks/use-workspace.ts';
import { plainText } from '../state/plain-text.ts';
import { reasonWords } from '../state/report-words.ts';
import { DialogError, DialogFrame } from './dialog-frame.tsx';
import { SettleForm } from './settle-form.tsx';

export function Reports({ close }: { close(): void }) {
  const { reports } = useWorkspace();
  const { reports: open, open: count, more, error } = useStore(reports);
  useEffect(() => void reports.refresh(), [reports]);
  return (
    <DialogFrame title="Reports" close={close}>
      <DialogError error={error} />
      {open.length === 0 && !error && <p className="dialog-text">Nothing is reported.</p>}
      <ul className="reports">
        {open.map(report => (
          <Reported key={report.id} report={report} />
        ))}
      </ul>
      {more && <p className="dialog-text">The rest of {count} shows as these are settled.</p>}
    </DialogFrame>
  );
}

function Reported({ report }: { report: Report }) {
  const { rooms } = useWorkspace();
  const { room, authorName, text, deleted, voices, at } = report;
  const title = useStore(rooms).rooms.find(({ info }) => info.id === room)?.title ?? room;
  return (
    <li className="report" aria-label={`${authorName} in ${title}`}>
      <p className="report-head">
        <strong>{authorName}</strong> in {title}
        <time dateTime={at}>
          {dayWords(at)}, {timeWords(at)}
        </time>
      </p>
      <blockquote className="dialog-quote">
        {text === undefined ? 'The room no longer keeps this message.' : plainText(text) || 'Without words.'}
      </blockquote>
      {deleted && <p className="report-gone">It was deleted since.</p>}
      <ul>
        {voices.map(({ user, name, reason, note }) => (
          <li key={user}>
            <b>{name}</b>: {reasonWords[reason]}
            {note && <q>{note}</q>}
          </li>
        ))}
      </ul>
      <SettleForm report={report} />
    </li>
  );
}

// What bots say to this person alone, above the place where one writes, until it is put away.
import { useStore } from '../hooks/use-store.ts';
import { usePerson, useWorkspace } from '../hooks/use-workspace.ts';
import type { Whisper } from '../state/bots.ts';
import { Avatar } from './avatar.tsx';
import { Icon } from './icons.tsx';
import { Markdown } from './markdown.tsx';

export function Whispers({ room }: { room: string }) {
  const { bots } = useWorkspace();
  const { whispers } = useStore(bots.desk(room));
  return (
    <div className="whispers" role="log" aria-label="Answers that only you see">
      {whispers.map(whisper => (
        <Card key={whisper.id} whisper={whisper} close={() => bots.dismiss(room, whisper.id)} />
      ))}
    </div>
  );
}

function Card({ whisper, close }: { whisper: Whisper; close(): void }) {
  const { command, kind, by, text } = whisper;
  return (
    <section className="whisper" data-kind={kind} aria-label={`/${command}`}>
      {by && <Avatar user={by} size="s" />}
      <div className="whisper-body">
        <p className="whisper-head">
          {by ? <Name user={by} /> : <strong>/{command}</strong>}
          <span>{kind === 'running' ? 'is on its way…' : 'Only you see this'}</span>
        </p>
        {kind === 'failed' && <p className="whisper-failed">{text}</p>}
        {kind === 'answer' && <Markdown text={text} names="" me="" />}
      </div>
      {kind !== 'running' && (
        <button type="button" className="icon-button" aria-label="Put away" title="Put away" onClick={close}>
          <Icon name="close" />
        </button>
      )}
    </section>
  );
}

const Name = ({ user }: { user: string }) => <strong>{usePerson(user).name}</strong>;

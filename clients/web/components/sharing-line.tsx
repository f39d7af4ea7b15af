// What others are uploading just now. Not read aloud each second: the message with the file will be.
import type { FileProgress } from '../../js/index.ts';
import { usePerson } from '../hooks/use-workspace.ts';

export function SharingLine({ sharing }: { sharing: readonly FileProgress[] }) {
  const [first] = sharing;
  if (!first) return null;
  const size = sharing.reduce((sum, one) => sum + one.size, 0);
  const sent = sharing.reduce((sum, one) => sum + one.sent, 0);
  const same = sharing.every(({ user }) => user === first.user);
  return (
    <p className="sharing">
      {same ? <Name user={first.user} /> : 'Several people'}
      {same ? ' is sharing ' : ' are sharing '}
      <span className="sharing-name">{sharing.length === 1 ? first.name : `${sharing.length} files`}</span>
      <span className="sharing-bar" aria-hidden="true">
        <progress max={Math.max(1, size)} value={sent} />
      </span>
      {size > 0 && `${Math.floor((100 * sent) / size)}%`}
    </p>
  );
}

function Name({ user }: { user: string }) {
  return <strong>{usePerson(user).name}</strong>;
}

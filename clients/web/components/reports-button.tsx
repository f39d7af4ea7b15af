// The way to what was reported, with how much of it is open; for admins, and for moderators when there is something.
import { useStore } from '../hooks/use-store.ts';
import { useWorkspace } from '../hooks/use-workspace.ts';
import { Icon } from './icons.tsx';

export function ReportsButton({ open }: { open(): void }) {
  const { reports, me } = useWorkspace();
  const { mine, open: count } = useStore(reports);
  if (!mine || (count === 0 && me.role !== 'admin')) return null;
  return (
    <button type="button" className="search-open" onClick={open}>
      <Icon name="flag" />
      Reports
      {count > 0 && (
        <span className="badge badge-mention">
          <span aria-hidden="true">{count > 99 ? '99+' : count}</span>
          <span className="sr-only">{count} open</span>
        </span>
      )}
    </button>
  );
}

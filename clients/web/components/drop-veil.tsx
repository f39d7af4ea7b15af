// Lies over the part of a room where files would land.
import { Icon } from './icons.tsx';

export function DropVeil({ where }: { where: string }) {
  return (
    <div className="drop-veil" aria-hidden="true">
      <p>
        <Icon name="clip" />
        Drop to attach {where}
      </p>
    </div>
  );
}

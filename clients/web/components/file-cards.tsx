// Files elsewhere that a message links to: their names and drawings of ours; nothing is fetched from where they are.
import type { FileLink } from '../../../shared/file-links.ts';
import { Icon } from './icons.tsx';

export function FileCards({ links }: { links: readonly FileLink[] }) {
  if (links.length === 0) return null;
  return (
    <ul className="file-cards" aria-label="Files">
      {links.map(({ url, name, icon }) => (
        <li key={url}>
          <a className="file-card" href={url} target="_blank" rel="noopener noreferrer nofollow">
            <Icon name={icon} />
            <span className="file-card-words">
              <strong>{name}</strong>
              <small>{`Google Drive · ${new URL(url).hostname}`}</small>
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}

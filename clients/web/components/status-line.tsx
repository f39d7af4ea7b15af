// Somebody's status beside their name: what they are in, and which service outside says so.
import type { Presence } from '../../js/index.ts';
import { statusWords } from './avatar.tsx';
import { Icon, type IconName } from './icons.tsx';
import { statusText } from './status-text.ts';

const services: Record<string, { name: string; icon: IconName }> = {
  google: { name: 'Google Calendar', icon: 'calendar' },
  slack: { name: 'Slack', icon: 'hash' },
  gather: { name: 'Gather', icon: 'place' },
};

export function StatusLine({ presence }: { presence: Presence }) {
  const { status, sources, emoji } = presence;
  const text = statusText(presence);
  if (status === 'offline' && !text) return null;
  // One's own words and the mere presence of a device need no witness.
  const service = text && !sources.includes('manual') ? sources.find(source => services[source]) : undefined;
  const { name, icon } = (service && services[service]) || {};
  return (
    <small className="status-line">
      {icon && (
        <span className="status-source" title={`Says ${name}`}>
          <Icon name={icon} />
          <span className="sr-only">{name}: </span>
        </span>
      )}
      <span>
        {emoji && !icon && `${emoji} `}
        {text ?? statusWords[status]}
      </span>
    </small>
  );
}

// The part of a room's menu that says of what in it one is told while one is away.
import { Header, MenuItem, MenuSection } from 'react-aria-components';
import type { NoticeLevel } from '../../js/index.ts';
import { timeWords } from './dates.ts';

interface Props {
  /** Undefined as long as it is not known. */
  level: NoticeLevel | undefined;
  until: string | undefined;
}

const choices = [
  { id: 'all', label: 'Everything' },
  { id: 'mentions', label: 'What is meant for me' },
  { id: 'nothing', label: 'Nothing' },
  { id: 'pause', label: 'Nothing for eight hours' },
] as const;

/** Their keys in the menu: `tell-all` and so on. */
export const levelOf = (key: string) => choices.find(({ id }) => key === `tell-${id}`)?.id;

export function LevelItems({ level, until }: Props) {
  const chosen = level && (until === undefined ? level : 'pause');
  return (
    <MenuSection selectionMode="single" selectedKeys={chosen ? [`tell-${chosen}`] : []}>
      <Header className="menu-head">Tell me while I am away</Header>
      {choices.map(({ id, label }) => (
        <MenuItem key={id} id={`tell-${id}`} className="menu-item" textValue={label}>
          <span>{label}</span>
          {id === 'pause' && until !== undefined && <small>Until {timeWords(until)}</small>}
        </MenuItem>
      ))}
    </MenuSection>
  );
}

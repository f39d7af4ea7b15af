// Oneself at the foot of the sidebar: how one appears to others, and the way out.
import { useState } from 'react';
import { Button, Menu, MenuItem, MenuTrigger, Popover, Separator } from 'react-aria-components';
import type { CallInput } from '../../js/index.ts';
import { ExplainStatus } from '../dialogs/explain-status.tsx';
import { Notifications } from '../dialogs/notifications.tsx';
import { useConnected, useGoogle } from '../hooks/use-google.ts';
import { usePresence, useWorkspace } from '../hooks/use-workspace.ts';
import { Avatar, statusWords } from './avatar.tsx';
import { Icon } from './icons.tsx';

type Choice = CallInput<'presence:set'>['status'];

const choices: { id: Choice; label: string; hint: string }[] = [
  { id: 'auto', label: 'Automatic', hint: 'Active while you are here' },
  { id: 'active', label: 'Active', hint: 'Also when you are not' },
  { id: 'away', label: 'Away', hint: 'Back later' },
  { id: 'dnd', label: 'Do not disturb', hint: 'Please only what is urgent' },
  { id: 'invisible', label: 'Invisible', hint: 'Others see you as offline' },
];

export function OwnStatus({ signOut }: { signOut(): Promise<void> }) {
  const { me, court, keep, connectGoogle, pushDevice } = useWorkspace();
  const google = useGoogle() && me.role !== 'guest';
  const { connected, look } = useConnected(court);
  const presence = usePresence(me.id);
  const kept = `${me.id}.status`;
  const [choice, setChoice] = useState<Choice>(keep.read<Choice>(kept) ?? 'auto');
  const [dialog, setDialog] = useState<'why' | 'notifications'>();
  const [error, setError] = useState<string>();

  const act = async (action: () => Promise<unknown>) => {
    setError(undefined);
    try {
      await action();
    } catch (failure) {
      setError((failure as Error).message);
    }
  };

  const choose = (status: Choice) =>
    act(async () => {
      await court.call('presence:set', { status });
      keep.write(kept, status);
      setChoice(status);
    });

  const ways: Record<string, () => Promise<void>> = {
    out: () =>
      act(async () => {
        // What comes here is not for the next person at this browser.
        await pushDevice.off().catch(() => undefined);
        await signOut();
      }),
    connect: () => act(connectGoogle),
    disconnect: () => act(() => court.call('link:remove', { vendor: 'google' })),
    why: async () => setDialog('why'),
    notifications: async () => setDialog('notifications'),
  };
  const close = () => setDialog(undefined);
  const chosen = choices.find(({ id }) => id === choice);
  const words = choice === 'auto' ? statusWords[presence?.status ?? 'active'] : chosen?.label;

  return (
    <div className="own">
      {error && (
        <p className="note note-error" role="alert">
          {error}
        </p>
      )}
      <MenuTrigger onOpenChange={open => void (open && google && act(look))}>
        <Button className="own-button" aria-label={`${me.name}, ${words}. Change status or sign out`}>
          <Avatar user={me.id} presence />
          <span className="own-name">
            <strong>{me.name}</strong>
            <small>{words}</small>
          </span>
          <Icon name="chevron" />
        </Button>
        <Popover className="popover" placement="top start">
          <Menu
            className="menu"
            aria-label="Status"
            selectionMode="single"
            selectedKeys={[choice]}
            onAction={key => void (ways[key as string]?.() ?? choose(key as Choice))}
          >
            {choices.map(({ id, label, hint }) => (
              <MenuItem key={id} id={id} className="menu-item" textValue={label}>
                <span>{label}</span>
                <small>{hint}</small>
              </MenuItem>
            ))}
            <Separator className="menu-line" />
            <MenuItem id="why" className="menu-item" textValue="Why?">
              <span>Why?</span>
              <small>What your devices and other services say of you</small>
            </MenuItem>
            {google && connected === false && (
              <MenuItem id="connect" className="menu-item" textValue="Connect Google">
                <span>Connect Google</span>
                <small>Meetings show in your status, file links get names</small>
              </MenuItem>
            )}
            {google && connected && (
              <MenuItem id="disconnect" className="menu-item" textValue="Disconnect Google">
                <span>Disconnect Google</span>
                <small>The hub forgets your calendar and what your files are called</small>
              </MenuItem>
            )}
            <MenuItem id="notifications" className="menu-item" textValue="Notifications">
              <span>Notifications</span>
              <small>How you are told while you are away, and why you were</small>
            </MenuItem>
            <MenuItem id="out" className="menu-item" textValue="Sign out">
              <span>Sign out</span>
              {me.role === 'guest' && <small>A guest cannot come back as the same person</small>}
            </MenuItem>
          </Menu>
        </Popover>
      </MenuTrigger>
      {dialog === 'why' && <ExplainStatus close={close} />}
      {dialog === 'notifications' && <Notifications close={close} />}
    </div>
  );
}

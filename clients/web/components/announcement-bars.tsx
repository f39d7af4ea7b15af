// Announcements over the room: calm ones as bars, grave ones as a question that stands before everything until it is answered or put aside.
import { useState } from 'react';
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import type { Announcement } from '../../js/index.ts';
import { useStore } from '../hooks/use-store.ts';
import { useWorkspace } from '../hooks/use-workspace.ts';
import type { Notice } from '../state/announcements.ts';
import { dayWords, timeWords } from './dates.ts';
import { Icon } from './icons.tsx';
import { Markdown } from './markdown.tsx';

/** Bars that show at once; the rest waits behind a button. */
const BARS = 2;
const words = { info: 'Announcement', warning: 'Warning', critical: 'Important' } as const;

export function AnnouncementBars() {
  const { announcements } = useWorkspace();
  const notices = useStore(announcements);
  const [all, setAll] = useState(false);
  const grave = notices.find(({ announcement, aside }) => announcement.level === 'critical' && !aside);
  const bars = notices.filter(notice => notice !== grave);
  const shown = all ? bars : bars.slice(0, BARS);
  const more = bars.length - shown.length;
  return (
    <>
      {bars.length > 0 && (
        <section className="announcements" aria-label="Announcements">
          {shown.map(notice => (
            <Bar key={notice.announcement.id} notice={notice} />
          ))}
          {(more > 0 || all) && bars.length > BARS && (
            <button type="button" className="announcements-more link" onClick={() => setAll(!all)}>
              {all ? 'Show fewer' : `${more} more`}
            </button>
          )}
        </section>
      )}
      {grave && <Alert key={grave.announcement.id} notice={grave} />}
    </>
  );
}

function Bar({ notice }: { notice: Notice }) {
  const { announcement, error } = notice;
  const { level, requireAck } = announcement;
  return (
    <div className={`announcement announcement-${level}`} role={level === 'info' ? 'status' : 'alert'}>
      <AnnouncementBody announcement={announcement} />
      {requireAck ? <Answer notice={notice} /> : <Answer notice={notice} quiet />}
      {error && <p className="announcement-error">{error}</p>}
    </div>
  );
}

/** What it says and who says it; the preview of the composer too. */
export function AnnouncementBody({ announcement }: { announcement: Announcement }) {
  const { me } = useWorkspace();
  const { level, text, byName, at, until, reminder } = announcement;
  return (
    <>
      <span className="announcement-sign">
        <Icon name="megaphone" />
      </span>
      <div className="announcement-words">
        <p className="announcement-head">
          <strong>{reminder ? `Reminder: ${words[level].toLowerCase()}` : words[level]}</strong>
          <span>
            {byName}, {dayWords(at) === 'Today' ? timeWords(at) : `${dayWords(at)}, ${timeWords(at)}`}
            {until && ` · until ${dayWords(until) === 'Today' ? timeWords(until) : dayWords(until)}`}
          </span>
        </p>
        <Markdown text={text} names="" me={me.name} />
      </div>
    </>
  );
}

function Answer({ notice, quiet }: { notice: Notice; quiet?: boolean }) {
  const { announcements } = useWorkspace();
  const [busy, setBusy] = useState(false);
  const answer = async () => {
    setBusy(true);
    await announcements.answer(notice.announcement.id);
    setBusy(false);
  };
  if (quiet)
    return (
      <button
        type="button"
        className="tool"
        aria-label="Dismiss this announcement"
        disabled={busy}
        onClick={answer}
      >
        <Icon name="close" />
      </button>
    );
  return (
    <button type="button" className="button primary small" disabled={busy} onClick={answer}>
      Acknowledge
    </button>
  );
}

function Alert({ notice }: { notice: Notice }) {
  const { announcements } = useWorkspace();
  const { announcement, error } = notice;
  const { id, requireAck } = announcement;
  const [busy, setBusy] = useState(false);
  const answer = async () => {
    setBusy(true);
    await announcements.answer(id);
    setBusy(false);
  };
  const leave = () => (requireAck ? announcements.putAside(id) : void answer());
  return (
    <ModalOverlay
      className="overlay"
      isOpen
      isKeyboardDismissDisabled={false}
      onOpenChange={open => !open && leave()}
    >
      <Modal className="modal modal-grave">
        <Dialog className="dialog" role="alertdialog">
          <Heading slot="title" className="sr-only">
            {words[announcement.level]}, from {announcement.byName}
          </Heading>
          <div className="announcement announcement-critical announcement-alone">
            <AnnouncementBody announcement={announcement} />
          </div>
          {error && (
            <p className="note note-error" role="alert">
              {error}
            </p>
          )}
          <footer className="dialog-foot">
            {requireAck && (
              <button type="button" className="button" onClick={leave}>
                Later
              </button>
            )}
            <button
              type="button"
              className="button primary"
              disabled={busy}
              // biome-ignore lint/a11y/noAutofocus: it is what the dialog asks for
              autoFocus
              onClick={answer}
            >
              {requireAck ? 'Acknowledge' : 'Close'}
            </button>
          </footer>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

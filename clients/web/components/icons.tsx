// All drawings of the app, as lines of one weight that take the colour of the text.

const paths = {
  hash: 'M9.5 4 8 20M16 4l-1.5 16M4.5 9h15.5M4 15h15.5',
  lock: 'M6.5 11h11v8.5h-11zM9 11V8a3 3 0 0 1 6 0v3',
  plus: 'M12 5.5v13M5.5 12h13',
  compass: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM15.5 8.5l-2 5-5 2 2-5z',
  people:
    'M9 11.5a3.25 3.25 0 1 0 0-6.5 3.25 3.25 0 0 0 0 6.5zM3 19c.4-3 2.7-4.8 6-4.8s5.6 1.8 6 4.8M15.5 5.3a3.25 3.25 0 0 1 0 6M17 14.6c2.3.5 3.7 2 4 4.4',
  recap:
    'M5 6.500h14M5 11h9M5 15.500h6M17.500 12.500l1.100 2.900 2.900 1.100-2.900 1.100-1.100 2.900-1.100-2.900-2.900-1.100 2.900-1.100z',
  pin: 'M9 4h6l-.7 6 3.2 3.2v1.3h-11v-1.3L9.7 10zM12 14.5V20',
  reply: 'M10 6.5 4.5 12l5.5 5.5M5 12h9.5c3 0 5 2 5 5v1',
  smile:
    'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM8.7 14c.8 1.3 1.9 2 3.3 2s2.5-.7 3.3-2M9.2 9.7v.1M14.8 9.7v.1',
  edit: 'M5 19l.8-3.8L15.5 5.5l3 3-9.7 9.7zM13.5 7.5l3 3',
  trash: 'M5 7h14M9.5 7V4.5h5V7M7 7l.8 12.5h8.4L17 7M10.3 10.5v5.5M13.7 10.5v5.5',
  send: 'M5 12 4 4.5 20.5 12 4 19.5zM5 12h7',
  close: 'M6 6l12 12M18 6 6 18',
  menu: 'M4 7h16M4 12h16M4 17h10',
  down: 'M12 5v13M6.5 12.5 12 18l5.5-5.5',
  chat: 'M4.5 5.5h15v10.5h-8L7 19.5V16H4.5z',
  calendar: 'M4.5 6h15v13.5h-15zM4.5 10.5h15M8.5 3.5V8M15.5 3.5V8',
  place:
    'M12 20.500c-4-4.500-6-7.500-6-10.500a6 6 0 0 1 12 0c0 3-2 6-6 10.500zM12 8.200a2 2 0 1 0 0 4 2 2 0 0 0 0-4z',
  more: 'M6 12h.01M12 12h.01M18 12h.01',
  search: 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.300 15.300 20.500 20.500',
  chevron: 'M7 10l5 5 5-5',
  megaphone:
    'M4.5 10v4h3l8 4.500V5.500L7.500 10zM18.500 9.500a3.500 3.500 0 0 1 0 5M8.500 14.500l1 4.500h2l-.800-3.300',
  gauge: 'M4.500 17a8.500 8.500 0 1 1 15 0M12 14l4-5M12 13.200a1 1 0 1 0 0 2 1 1 0 0 0 0-2z',
  document: 'M6.5 3.5h7.5l3.5 3.5v13.5h-11zM14 3.5V7h3.5M9.5 11h5M9.5 14h5M9.5 17h3',
  sheet: 'M4.5 5h15v14h-15zM4.5 9.7h15M4.5 14.3h15M10 5v14',
  slides: 'M4 5h16v11H4zM12 16v3.5M8.5 19.5h7M8 9h8M8 12h5',
  form: 'M5.5 4h13v16h-13zM8.5 8.5h.1M8.5 12h.1M8.5 15.5h.1M11 8.5h5M11 12h5M11 15.5h5',
  folder: 'M4 6.5h5.5l2 2.5H20v9.5H4z',
  pdf: 'M6.5 3.5h7.5l3.5 3.5v13.5h-11zM14 3.5V7h3.5M9 17v-4.500h1.500a1.4 1.4 0 0 1 0 2.800H9M14 17v-4.500h2.200M14 14.800h1.500',
  image: 'M4.5 5h15v14h-15zM4.5 16l4.5-4.5 4 4 2.5-2.5 4 4M15 9h.1',
  video: 'M4 6.500h11v11H4zM15 10.500l5-2.500v8l-5-2.5',
  audio:
    'M9 17.500V6.500l9-2v10.500M9 17.500a2.25 2.25 0 1 1-4.5 0 2.25 2.25 0 0 1 4.5 0zM18 15a2.25 2.25 0 1 1-4.5 0 2.25 2.25 0 0 1 4.5 0z',
  file: 'M6.5 3.5h7.5l3.5 3.5v13.5h-11zM14 3.5V7h3.5',
  archive: 'M4.5 5h15v4h-15zM6 9v10.5h12V9M10 12.500h4',
  code: 'M6.5 3.5h7.5l3.5 3.5v13.5h-11zM14 3.5V7h3.5M10.500 11.500 8.700 13.500l1.800 2M13.500 11.500l1.800 2-1.800 2',
  clip: 'M18.500 11.500 12 18a4.200 4.200 0 0 1-6-6l7-7a2.800 2.800 0 0 1 4 4l-7 7a1.400 1.400 0 0 1-2-2l6.500-6.500',
  download: 'M12 4.500v10.500M7.500 11 12 15.500l4.500-4.500M5 19.500h14',
  pause: 'M9 6.500v11M15 6.500v11',
  play: 'M8.500 6 18 12l-9.500 6z',
  retry: 'M18.500 12a6.500 6.500 0 1 1-2-4.700M18.500 4.500v3.500h-3.500',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className={`icon icon-${name}`} viewBox="0 0 24 24" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}

/** The plan of a court: walls, an open gate, somebody inside. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true">
      <path d="M11.5 27H5V5h22v22h-6.5" />
      <circle cx="16" cy="16" r="3.6" />
    </svg>
  );
}

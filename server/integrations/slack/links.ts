// Addresses of the hub's pages, in Slack's markup.

/** Without the hub's address only the words. */
export function roomLink(publicUrl: string | undefined, room: string, words: string): string {
  return publicUrl ? `<${publicUrl}/#/room/${encodeURIComponent(room)}|${words}>` : words;
}

export function threadLink(publicUrl: string | undefined, room: string, root: string, words: string): string {
  return publicUrl ? `<${publicUrl}/#/room/${encodeURIComponent(room)}/thread/${root}|${words}>` : words;
}

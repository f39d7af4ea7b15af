// The drawing for a kind of file.
import { type FileKind, fileKind } from '../../../shared/file-words.ts';
import { Icon, type IconName } from './icons.tsx';

const icons: Record<FileKind, IconName> = {
  image: 'image',
  video: 'video',
  audio: 'audio',
  pdf: 'pdf',
  document: 'document',
  sheet: 'sheet',
  slides: 'slides',
  archive: 'archive',
  code: 'code',
  file: 'file',
};

export const FileIcon = ({ type }: { type: string }) => <Icon name={icons[fileKind(type)]} />;

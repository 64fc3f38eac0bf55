import type { SyncStatus } from '../../common/sync-protocol.ts';
import { t } from '../l10n.ts';
import { clockText } from './clock.ts';

/** What the tooltip says of uploads, in one line. */
export interface UploadLine {
  readonly icon: string;
  readonly text: string;
  /** Whether somebody has to do something. */
  readonly needsUser: boolean;
}

/** {@link UploadLine} of a state. What it says of a fault is the sampler's, in English. */
export function uploadLine(sync: SyncStatus, nowMs: number): UploadLine {
  const { state, why = '' } = sync;
  switch (state) {
    case 'idle':
      return calm('$(cloud)', idleText(sync, nowMs));
    case 'sealing':
    case 'sending':
      return calm('$(cloud-upload)', workText(sync));
    case 'paused':
      return calm('$(debug-pause)', t('Uploads: paused'));
    case 'waiting':
      return calm('$(clock)', t('Uploads: waiting, {0}', why));
    case 'spool-full':
    case 'disk-full':
      return calm('$(clock)', t('Uploads: waiting for room, {0}; the log keeps all rows', why));
    case 'off':
      return calm('$(circle-slash)', t('Uploads: stopped, {0}', why));
    case 'sign-in':
    case 'refused':
      return { icon: '$(warning)', text: t('Uploads need you: {0}', why), needsUser: true };
  }
}

/** Whether uploads wait for somebody to do something. */
export function needsUser(sync: SyncStatus | undefined): boolean {
  return sync?.state === 'sign-in' || sync?.state === 'refused';
}

function calm(icon: string, text: string): UploadLine {
  return { icon, text, needsUser: false };
}

function idleText({ lastConfirmedMs, nextMs }: SyncStatus, nowMs: number): string {
  const next = nextMs === undefined ? undefined : clockText(nextMs, nowMs);
  if (lastConfirmedMs === undefined)
    return next === undefined
      ? t('Uploads: nothing sent yet')
      : t('Uploads: nothing sent yet, next at {0}', next);
  const last = clockText(lastConfirmedMs, nowMs);
  return next === undefined
    ? t('Uploads: last at {0}', last)
    : t('Uploads: last at {0}, next at {1}', last, next);
}

function workText({ state, progress }: SyncStatus): string {
  if (!progress || progress.left === 0)
    return state === 'sealing' ? t('Uploads: encrypting') : t('Uploads: sending');
  const all = progress.confirmed + progress.left;
  return t('Uploads: sending, {0} of {1} files done', progress.confirmed, all);
}

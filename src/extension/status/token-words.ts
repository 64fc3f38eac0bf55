import type { GpuToken, MachineToken, Token } from '../../common/status-template/tokens.ts';
import { t } from '../l10n.ts';
import type { WordToken } from './token-source.ts';

/**
 * What a screen reader calls the value of a token, before the value itself.
 *
 * @param gpus number of GPUs
 */
export function spokenName(token: Token, gpus: number): string {
  if (token.gpu === undefined) return isNumber(token.name) ? MACHINE[token.name](gpus) : '';
  return GPU[token.name](String(token.gpu));
}

function isNumber(name: MachineToken): name is Exclude<MachineToken, WordToken> {
  return Object.hasOwn(MACHINE, name);
}

const MACHINE: Readonly<Record<Exclude<MachineToken, WordToken>, (gpus: number) => string>> = {
  cpu: () => t('CPU'),
  cpuTemp: () => t('CPU temperature'),
  cpuPower: () => t('CPU power'),
  cpuFreq: () => t('CPU clock'),
  load: () => t('load'),
  load5: () => t('load of 5 minutes'),
  load15: () => t('load of 15 minutes'),
  gpu: gpus => (gpus > 1 ? t('busiest of {0} GPUs', gpus) : t('GPU')),
  gpuTemp: gpus => (gpus > 1 ? t('hottest of {0} GPUs', gpus) : t('GPU temperature')),
  gpuPower: () => t('GPU power'),
  vram: () => t('GPU memory'),
  vramPercent: () => t('GPU memory'),
  vramUsed: () => t('GPU memory in use'),
  vramTotal: () => t('GPU memory installed'),
  ram: () => t('memory'),
  ramPercent: () => t('memory'),
  ramUsed: () => t('memory in use'),
  ramFree: () => t('memory available'),
  ramTotal: () => t('memory installed'),
  swap: () => t('swap'),
  swapUsed: () => t('swap in use'),
  disk: () => t('fullest disk'),
  diskFree: () => t('space left on the fullest disk'),
  diskRead: () => t('disk read'),
  diskWrite: () => t('disk write'),
  netDown: () => t('network in'),
  netUp: () => t('network out'),
  connections: () => t('connections'),
  pressure: () => t('highest pressure'),
  cpuPressure: () => t('CPU pressure'),
  memoryPressure: () => t('memory pressure'),
  ioPressure: () => t('I/O pressure'),
  confidence: () => t('confidence'),
};

const GPU: Readonly<Record<GpuToken, (number: string) => string>> = {
  '': number => t('GPU {0}', number),
  'Temp': number => t('GPU {0} temperature', number),
  'Power': number => t('GPU {0} power', number),
  'Freq': number => t('GPU {0} clock', number),
  'Fan': number => t('GPU {0} fan', number),
  'Vram': number => t('GPU {0} memory', number),
};

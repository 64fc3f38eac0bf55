import type { TokenFormat } from '../../common/status-template/formats.ts';
import type { TokenKind } from '../../common/status-template/tokens.ts';
import { TEMPERATURE_SIGN, temperatureIn, type TemperatureUnit } from '../../common/units.ts';
import { t } from '../l10n.ts';
import { block } from './blocks.ts';
import { noValue, padded, rate } from './format.ts';

/** How one token's number is written. */
export interface Writing {
  /** The value of a frame as text, as wide as any other usual value. */
  write(value: number): string;
  /** What stands for a value that there is none of, as wide as one. */
  readonly none: string;
  /** The value as a screen reader says it. */
  speak(value: number): string;
  /** Whether it is the size that is written, and not the share of it. */
  readonly isSize: boolean;
}

/** Kinds of tokens that are numbers. */
export type NumberKind = Exclude<TokenKind, 'class' | 'machine' | 'word'>;

/** Writes numbers of this kind in this format. A sparkline is not written by it, but spoken. */
export function writingOf(kind: NumberKind, format: TokenFormat, temperatureUnit: TemperatureUnit): Writing {
  const { word } = format;
  switch (kind) {
    case 'percent':
      return percentage(format);
    case 'share':
      return word === 'gib' || word === 'mib' ? size(format) : percentage(format);
    case 'size':
      return size(format);
    case 'temperature': {
      const unit = word === 'c' ? 'celsius' : word === 'f' ? 'fahrenheit' : temperatureUnit;
      return number(format, {
        digits: 3,
        decimals: 0,
        sign: TEMPERATURE_SIGN[unit],
        convert: value => temperatureIn(unit, value),
        speak: text =>
          unit === 'celsius' ? t('{0} degrees Celsius', text) : t('{0} degrees Fahrenheit', text),
      });
    }
    case 'power':
      return number(format, { digits: 3, decimals: 0, sign: 'W', speak: text => t('{0} watts', text) });
    case 'frequency':
      return word === 'mhz'
        ? number(format, { digits: 4, decimals: 0, sign: 'MHz', speak: text => t('{0} megahertz', text) })
        : number(format, {
            digits: 1,
            decimals: 2,
            sign: 'GHz',
            convert: value => value / 1000,
            speak: text => t('{0} gigahertz', text),
          });
    case 'diskRate':
      return word === 'mib'
        ? number(format, {
            sign: 'MiB/s',
            convert: value => (value * 1e6) / 2 ** 20,
            speak: text => t('{0} mebibytes per second', text),
          })
        : number(format, { sign: 'MB/s', speak: text => t('{0} megabytes per second', text) });
    case 'netRate':
      return word === 'mb'
        ? number(format, {
            sign: 'MB/s',
            convert: value => value / 8,
            speak: text => t('{0} megabytes per second', text),
          })
        : number(format, { sign: 'Mbit/s', speak: text => t('{0} megabits per second', text) });
    case 'load':
      return number(format, { speak: text => text });
    case 'count':
      return number(format, { digits: 3, decimals: 0, speak: text => text });
  }
}

interface NumberOptions {
  /** Digits that a usual value has before the decimal point. */
  readonly digits?: number;
  /** Where the format says nothing; where this is left out too, as many as the value deserves. */
  readonly decimals?: number;
  readonly sign?: string;
  readonly convert?: (value: number) => number;
  readonly speak: (text: string) => string;
}

function number(
  { word, decimals }: TokenFormat,
  { digits = 2, decimals: usual, sign = '', convert = value => value, speak }: NumberOptions,
): Writing {
  const places = decimals ?? usual;
  const text = (value: number): string =>
    places === undefined ? rate(convert(value)) : convert(value).toFixed(places);
  const shownSign = word === 'number' ? '' : sign;
  const width = (places === undefined ? 4 : digits + (places > 0 ? places + 1 : 0)) + shownSign.length;
  return {
    write: value => padded(`${text(value)}${shownSign}`, width),
    none: noValue(width),
    speak: value => speak(text(value)),
    isSize: false,
  };
}

function percentage(format: TokenFormat): Writing {
  const writing = number(format, {
    digits: 3,
    decimals: 0,
    sign: '%',
    speak: text => t('{0} percent', text),
  });
  return format.word === 'bar' ? { ...writing, write: value => block(value, 100), none: '–' } : writing;
}

/** A size given in MiB. */
function size({ word, decimals }: TokenFormat): Writing {
  const isGib = (value: number): boolean => word === 'gib' || (word !== 'mib' && value >= 1024);
  const text = (value: number): string =>
    isGib(value) ? (value / 1024).toFixed(decimals ?? 1) : value.toFixed(decimals ?? 0);
  const width = 'GiB'.length + (word === 'mib' ? 6 : 4);
  return {
    write: value => padded(`${text(value)}${isGib(value) ? 'GiB' : 'MiB'}`, width),
    none: noValue(width),
    speak: value => (isGib(value) ? t('{0} gibibytes', text(value)) : t('{0} mebibytes', text(value))),
    isSize: true,
  };
}

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { contentSecurityPolicy, dashboardHtml } from '../../../src/extension/dashboard/html.ts';

const page = {
  nonce: 'abc123',
  cspSource: 'https://extension.invalid',
  scriptUri: 'https://extension.invalid/main.js',
  styleUri: 'https://extension.invalid/main.css?a=1&b="2"',
  arrangement: { places: [], cores: [0, 3] },
  temperatureUnit: 'fahrenheit',
  language: 'de',
  words: { 'CPU & "more"': '<CPU> und "mehr"' },
} as const;

test('the policy allows one script, our style sheets, and nothing else', () => {
  const directives = new Map(
    contentSecurityPolicy(page)
      .split('; ')
      .map(directive => [directive.split(' ')[0], directive.split(' ').slice(1)]),
  );
  const empty = `'sha256-${createHash('sha256').update('').digest('base64')}'`;
  assert.deepEqual(Object.fromEntries(directives), {
    'default-src': ["'none'"],
    'script-src': ["'nonce-abc123'"],
    'style-src': ['https://extension.invalid', empty],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
  });
});

test('the page has no script or style of its own, and quotes what it is given', () => {
  const html = dashboardHtml(page);
  assert.deepEqual(html.match(/<script[^>]*>/g), [
    '<script nonce="abc123" src="https://extension.invalid/main.js">',
  ]);
  assert.doesNotMatch(html, /<style|style=|\son\w+=|javascript:/);
  assert.match(html, /data-arrangement="{&quot;places&quot;:\[\],&quot;cores&quot;:\[0,3\]}"/);
  assert.match(html, /data-temperature-unit="fahrenheit"/);
  assert.match(html, /href="https:\/\/extension\.invalid\/main\.css\?a=1&amp;b=&quot;2&quot;"/);
  assert.ok(html.indexOf('Content-Security-Policy') < html.indexOf('<link'));
});

test('the page has the words of the language, and says which it is', () => {
  const html = dashboardHtml(page);
  assert.match(html, /<html lang="de">/);
  const words = /data-words="([^"]*)"/.exec(html)?.[1] ?? '';
  assert.doesNotMatch(words, /</);
  const text = words
    .replace(/&lt;/g, '<')
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&');
  assert.deepEqual(JSON.parse(text), page.words);
});

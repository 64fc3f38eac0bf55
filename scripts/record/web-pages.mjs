// The web server that `npm run record` browses: pages of text, scripts and pictures of random bytes, of varied sizes.
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';

const [host = '127.0.0.1', port = '8080'] = process.argv.slice(2);

/** @param {number} number of the page, which decides its lengths */
function page(number) {
  const parts = Array.from({ length: 40 }, (_, part) => {
    const text = `Text of page ${String(number)} that goes on. `.repeat(20 + ((number * 7 + part) % 30));
    const picture =
      part % 3 === 0 ? `<img width=400 height=240 src="/data/${String(number)}-${String(part)}">` : '';
    return `<h2>Part ${String(part)}</h2><p>${text}</p>${picture}`;
  });
  const script =
    'let k = 0; setInterval(() => { for (let i = 0; i < 20000; i++) k += Math.sqrt(i); }, 1000);';
  return `<title>Page ${String(number)}</title><script>${script}</script>${parts.join('')}`;
}

createServer((request, response) => {
  const [, kind, number] = (request.url ?? '').split('/');
  if (kind === 'page') {
    response.setHeader('content-type', 'text/html');
    response.end(page(Number(number) || 0));
  } else {
    response.end(randomBytes(40_000 + Math.floor(Math.random() * 400_000)));
  }
}).listen(Number(port), host);

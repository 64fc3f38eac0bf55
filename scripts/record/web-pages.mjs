// The web server that `npm run record` browses: pages of text, scripts and pictures of varied sizes, and pages with a video
// where it is given one.
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { deflateSync, gzipSync } from 'node:zlib';

const [host = '127.0.0.1', port = '8080', video = ''] = process.argv.slice(2);

/** What runs in a page: a table is built when it is loaded, and a line of news changes every 4 s. */
const SCRIPT = `
  const table = document.createElement('table');
  for (let row = 0; row < 400; row++) {
    const cells = table.insertRow();
    for (let cell = 0; cell < 8; cell++) cells.insertCell().textContent = Math.sqrt(row * cell).toFixed(3);
  }
  document.body.append(table);
  let news = 0;
  setInterval(() => (document.querySelector('h2').textContent = 'News ' + news++), 4000);`;

/** @param {number} number of the page, which decides its lengths */
function page(number) {
  const parts = Array.from({ length: 40 }, (_, part) => {
    const text = `Text of page ${String(number)} that goes on. `.repeat(20 + ((number * 7 + part) % 30));
    const picture = part % 3 === 0 ? `<img width=400 src="/picture/${String(number)}-${String(part)}">` : '';
    return `<h2>Part ${String(part)}</h2><p>${text}</p>${picture}`;
  });
  return `<!doctype html><title>Page ${String(number)}</title><body>${parts.join('')}<script>${SCRIPT}</script>`;
}

/** @param {number} number of the page: another address of the same video, which the browser fetches anew */
function watchPage(number) {
  return `<video width=1280 height=720 autoplay muted loop controls src="/video/${String(number)}"></video>${page(number)}`;
}

/**
 * A picture as PNG: a gradient with grain, as incompressible as a photograph.
 *
 * @param {number} number decides its size and colours
 */
function picture(number) {
  const width = 400 + ((number * 131) % 500);
  const height = 300 + ((number * 71) % 300);
  const rows = Buffer.alloc(height * (1 + 3 * width));
  for (let y = 0, at = 0; y < height; y++) {
    rows[at++] = 0;
    for (let x = 0; x < width; x++) {
      for (let colour = 1; colour <= 3; colour++)
        rows[at++] = ((x * colour + y * number) / 8 + Math.random() * 12) & 255;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 3 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/**
 * @param {string} type of a PNG chunk
 * @param {Buffer} data
 */
function chunk(type, data) {
  const out = Buffer.alloc(12 + data.length);
  out.writeUInt32BE(data.length, 0);
  out.write(type, 4, 'latin1');
  out.set(data, 8);
  // A gzip file ends with the same checksum as a chunk, and its length.
  const zipped = gzipSync(out.subarray(4, 8 + data.length), { level: 1 });
  out.writeUInt32BE(zipped.readUInt32LE(zipped.length - 8), 8 + data.length);
  return out;
}

/**
 * Sends the video from where the browser asks for it.
 *
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
function sendVideo(request, response) {
  const { size } = statSync(video);
  const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
  response.writeHead(206, {
    'content-type': 'video/mp4',
    'accept-ranges': 'bytes',
    'content-length': size - start,
    'content-range': `bytes ${String(start)}-${String(size - 1)}/${String(size)}`,
  });
  const file = createReadStream(video, { start });
  response.on('close', () => file.destroy());
  file.pipe(response);
}

const pictures = Array.from({ length: 24 }, (_, number) => picture(number + 1));
let sent = 0;

createServer((request, response) => {
  const [, kind, number] = (request.url ?? '').split('/');
  if (kind === 'page' || kind === 'watch') {
    response.setHeader('content-type', 'text/html');
    response.end((kind === 'page' ? page : watchPage)(Number(number) || 0));
  } else if (kind === 'picture') {
    response.setHeader('content-type', 'image/png');
    response.end(pictures[sent++ % pictures.length]);
  } else if (kind === 'video') {
    sendVideo(request, response);
  } else {
    response.writeHead(404).end();
  }
}).listen(Number(port), host);

import { runStorm } from './run.ts';

/** Runs the seeds that come on the standard input, a line each, and says of each `{seed, events}` or `{seed, fault}`. */
async function main(): Promise<void> {
  let text = '';
  for await (const piece of process.stdin.setEncoding('utf8')) text += String(piece);
  for (const line of text.trim().split('\n')) {
    const seed = Number(line);
    try {
      const events = [...new Set(await runStorm(seed))];
      console.log(JSON.stringify({ seed, events }));
    } catch (error) {
      console.log(JSON.stringify({ seed, fault: error instanceof Error ? error.message : String(error) }));
    }
  }
}

void main();

import { ROOT } from '../../lib/paths.mjs';
import { CODE_SERVER, ensureHost, freePort, prepareHost, startHost } from '../../lib/vscode-host.mjs';
import type { Desktop } from '../desktop.ts';
import { nothing, PROSE, put, type Scenario } from '../scenario.ts';
import { openChromium } from './web-browsing.ts';

/** Where Debian's Python keeps what its tests are run of. */
const SYMPY = '/usr/lib/python3/dist-packages/sympy';

export function listCodingDevelopment(): readonly Scenario[] {
  return [
    {
      name: 'compile-c',
      class: 'coding_development',
      program: 'gcc and make',
      version: 'gcc --version | head -1',
      packages: ['gcc', 'make'],
      driven: 'a source file is edited and the rest of the program built again, with pauses of 4 to 25 s',
      open: desktop => {
        const objects = Array.from({ length: 24 }, (_, n) => `part${String(n)}.o`);
        objects.forEach((object, n) => put(desktop, object.replace('.o', '.c'), cSource(60, n)));
        put(
          desktop,
          'Makefile',
          `all: ${objects.join(' ')}\n\tar rcs lib.a $^\n%.o: %.c\n\tgcc -O2 -c $< -o $@\n`,
        );
        return Promise.resolve();
      },
      drive: desktop =>
        desktop.loop(async () => {
          const touched = Math.ceil(desktop.between(1, 16));
          for (let n = 0; n < touched; n++)
            put(desktop, `part${String(n)}.c`, cSource(60, 100 * touched + n));
          await desktop.shell('make -j2 -s all');
          await desktop.pause(4, 25);
        }),
    },
    {
      name: 'compile-typescript',
      class: 'coding_development',
      program: 'tsc and eslint',
      version: 'node --version',
      packages: [],
      driven:
        'this project is type-checked and linted again after pauses of 5 to 30 s, one test file now and then',
      open: nothing,
      drive: desktop =>
        desktop.loop(async () => {
          await desktop.shell(`cd ${ROOT} && node node_modules/typescript/bin/tsc -p src/sampler --noEmit`);
          await desktop.pause(5, 30);
          if (desktop.chance(0.5))
            await desktop.shell(`cd ${ROOT} && node node_modules/eslint/bin/eslint.js src/log src/client`);
          else await desktop.shell(`cd ${ROOT} && node --import tsx --test test/common/*.test.ts`);
          await desktop.pause(3, 20);
        }),
    },
    {
      name: 'vim-python',
      class: 'coding_development',
      program: 'Vim in xterm, SymPy’s tests (Python) and git',
      version: "vim --version | head -1; dpkg-query -W -f '${Version}' python3-sympy",
      packages: ['vim', 'xterm', 'python3-sympy', 'git'],
      driven: 'lines are typed and saved, one of the tests run, what changed looked at and committed',
      open: async desktop => {
        await desktop.shell(
          `cp -r ${SYMPY} . && git init -q . && ${git('add sympy')} && ${git('commit -qm first')}`,
        );
        await desktop.launchWindow(
          'xterm',
          'xterm',
          '-fs',
          '11',
          '-e',
          'vim',
          'sympy/core/tests/test_basic.py',
        );
        await desktop.pause(3);
      },
      drive: desktop =>
        desktop.loop(async () => {
          await desktop.key('Escape', desktop.pick(['ctrl+f', 'ctrl+b', 'ctrl+d']));
          await desktop.pause(1, 6);
          await desktop.key('Escape', 'shift+g', 'o');
          await typeComment(desktop, '#');
          await desktop.key('Escape');
          await desktop.type(':w', 8);
          await desktop.key('Return');
          const test = desktop.pick([
            'core/tests/test_basic.py',
            'core/tests/test_arit.py',
            'sets/tests/test_sets.py',
            'logic/tests/test_boolalg.py',
            'geometry/tests/test_line.py',
          ]);
          await desktop.shell(`/usr/bin/python3 -c "import sympy; sympy.test('sympy/${test}')"`);
          await desktop.pause(2, 10);
          if (desktop.chance(0.4))
            await desktop.shell(`${git('diff')}; ${git('commit -qam change')}; git log -p`);
        }),
    },
    {
      name: 'geany-cpp',
      class: 'coding_development',
      program: 'Geany and g++',
      version: "dpkg-query -W -f '${Version}' geany; g++ --version | head -1",
      packages: ['geany', 'g++'],
      driven:
        'lines are typed and saved, the program of templates compiled by one g++, started, changed again',
      open: async desktop => {
        put(desktop, 'main.cpp', CPP_SOURCE);
        await desktop.launchWindow('geany', 'geany', '--no-msgwin', 'main.cpp');
        await desktop.pause(4);
        await desktop.key('ctrl+End');
      },
      drive: desktop =>
        desktop.loop(async () => {
          const bursts = Math.ceil(desktop.between(0, 4));
          for (let burst = 0; burst < bursts; burst++) await typeComment(desktop, '//');
          await desktop.key('ctrl+s');
          await desktop.pause(0.5, 3);
          await desktop.shell('g++ -std=c++17 -O2 -Wall main.cpp -o main && ./main');
          await desktop.pause(1, 8);
        }),
    },
    {
      name: 'vscode-typescript',
      class: 'coding_development',
      program: 'VS Code (code-server in Chromium) with a project in TypeScript',
      version: `echo code-server ${CODE_SERVER}; chromium --version 2>/dev/null`,
      packages: ['chromium'],
      driven:
        'files of this project are opened and read, lines typed with completion and saved, the project searched, type-checked now and then',
      open: openVsCode,
      drive: desktop =>
        desktop.loop(async () => {
          await openFile(desktop);
          const pages = Math.floor(desktop.between(0, 5));
          for (let page = 0; page < pages; page++) {
            await desktop.key(desktop.pick(['Page_Down', 'Page_Down', 'Page_Up']));
            await desktop.pause(1, 7);
          }
          await desktop.key('ctrl+End');
          const lines = Math.floor(desktop.between(0, 6));
          for (let line = 0; line < lines; line++) await typeCode(desktop);
          await desktop.key('Escape', 'ctrl+s');
          await desktop.pause(1, 12);
          if (desktop.chance(0.3)) await searchFiles(desktop);
          if (desktop.chance(0.25)) await desktop.shell(`cd project && ${TSC} -b src/log`);
        }),
    },
  ];
}

const TSC = `${process.execPath} ${ROOT}/node_modules/typescript/bin/tsc`;

/** The sources of this project in VS Code, which has had the time to read them. */
async function openVsCode(desktop: Desktop): Promise<void> {
  await ensureHost();
  const workspace = `${desktop.folder}/project`;
  await desktop.shell(
    `mkdir ${workspace} && cp -r ${ROOT}/src ${ROOT}/tsconfig*.json ${workspace} && ln -s ${ROOT}/node_modules ${workspace}`,
  );
  const folder = `${desktop.folder}/host`;
  const env = desktop.environment;
  await prepareHost(folder, { env });
  const port = await freePort();
  await desktop.adopt(await startHost({ folder, env, port, workspace, stdio: 'ignore' }));
  await openChromium(desktop, `--app=http://127.0.0.1:${String(port)}/?folder=${workspace}`);
  await desktop.pause(15);
  await openFile(desktop);
  await desktop.pause(20);
}

async function openFile(desktop: Desktop): Promise<void> {
  await desktop.key('ctrl+p');
  await desktop.pause(0.5, 1.5);
  await desktop.type(
    desktop.pick(['classify/windows.ts', 'classify/classifier.ts', 'common/frame.ts', 'common/layout.ts']),
    10,
  );
  await desktop.pause(0.5, 1.5);
  await desktop.key('Return');
  await desktop.pause(1, 4);
}

/** Types a line of code or of comment, with whatever the editor completes, and ends it. */
async function typeCode(desktop: Desktop): Promise<void> {
  if (desktop.chance(0.3)) await typeComment(desktop, '//');
  else {
    const line = desktop.pick([
      'const total = values.reduce((sum, value) => sum + value, 0);',
      'export const middle = (values: readonly number[]) => values[values.length >> 1] ?? 0;',
      "if (typeof process.platform === 'string') console.log(Math.round(performance.now()));",
      'for (const [name, value] of Object.entries(process.env)) console.log(name, value);',
    ]);
    await desktop.type(line, desktop.between(3, 8));
    await desktop.key('Escape', 'Return');
    await desktop.pause(0.3, 6);
  }
}

/** Searches all files for a word, looks at what was found, and goes back to the editor. */
async function searchFiles(desktop: Desktop): Promise<void> {
  await desktop.key('ctrl+shift+f');
  await desktop.pause(0.5, 1.5);
  await desktop.type(desktop.pick(['Classifier', 'readonly', 'NaN', 'stepsSince']), 6);
  await desktop.key('Return');
  await desktop.pause(2, 8);
  await desktop.key('ctrl+1');
}

/** Shell command line of git with an author. */
function git(command: string): string {
  return `git -c user.name=Recording -c user.email=recording@example.org ${command}`;
}

/** Types a line of comment and ends it. */
async function typeComment(desktop: Desktop, mark: string): Promise<void> {
  const start = Math.floor(desktop.between(0, PROSE.length - 50));
  const text = PROSE.slice(start, start + Math.floor(desktop.between(15, 50)));
  await desktop.type(`${mark} ${text}`, desktop.between(3, 9));
  await desktop.key('Return');
  await desktop.pause(0.3, 5);
}

/** A C program of many functions, as large as the number says. */
function cSource(functions: number, salt: number): string {
  const bodies = Array.from({ length: functions }, (_, n) =>
    [
      `static double f${String(n)}(double x) {`,
      `  double s = ${String(salt + n)}.0; double a[64];`,
      '  for (int i = 0; i < 64; i++) { a[i] = x * i + s; s += a[i] / (1.0 + i); }',
      '  for (int i = 1; i < 64; i++) for (int j = 0; j < i; j++) s += a[i] * a[j] - a[j] / (2.0 + a[i] * a[i]);',
      '  return s;',
      '}',
    ].join('\n'),
  );
  const calls = Array.from({ length: functions }, (_, n) => `f${String(n)}(x)`).join(' + ');
  return `${bodies.join('\n')}\ndouble sum${String(salt)}(double x) { return ${calls}; }\n`;
}

/** A C++ program that takes one compiler some seconds: templates of the standard library, many times over. */
const CPP_SOURCE = `#include <algorithm>
#include <functional>
#include <iostream>
#include <map>
#include <regex>
#include <string>
#include <vector>
template <int N> struct Sum {
  static std::size_t of(std::map<int, std::vector<std::string>> &words) {
    words[N].push_back(std::to_string(N));
    std::sort(words[N].begin(), words[N].end(), [](const auto &a, const auto &b) { return a.size() + N < b.size() + N; });
    std::function<std::size_t(int)> count = [&](int n) { return words[n].size(); };
    return count(N) + Sum<N - 1>::of(words);
  }
};
template <> struct Sum<0> { static std::size_t of(std::map<int, std::vector<std::string>> &) { return 0; } };
int main() {
  std::map<int, std::vector<std::string>> words;
  std::cout << Sum<120>::of(words) << std::regex_match("abc", std::regex("[a-c]+")) << std::endl;
}
`;

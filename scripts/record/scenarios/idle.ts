import { nothing, officeProgram, type Scenario, versionOf } from '../scenario.ts';

export function listIdle(): readonly Scenario[] {
  return [
    {
      name: 'idle',
      class: 'idle',
      program: 'nothing',
      version: 'uname -r | cut -d. -f1,2',
      packages: [],
      driven: 'nothing but the recording',
      open: nothing,
      drive: desktop => desktop.loop(() => desktop.pause(5)),
    },
    {
      name: 'idle-desktop',
      class: 'idle',
      program: 'LibreOffice Writer',
      driven: 'an open document that nobody touches',
      ...officeProgram('writer'),
      drive: desktop => desktop.loop(() => desktop.pause(5)),
    },
    {
      name: 'idle-terminal',
      class: 'idle',
      program: 'xterm and top',
      version: versionOf('xterm'),
      packages: ['xterm', 'procps'],
      driven: 'an open terminal in which the list of processes is drawn every 3 s',
      open: async desktop => {
        await desktop.launchWindow('xterm', 'xterm', '-e', 'top', '-d', '3');
        await desktop.pause(3);
      },
      drive: desktop => desktop.loop(() => desktop.pause(5)),
    },
  ];
}

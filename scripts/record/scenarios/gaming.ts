import { put, type Scenario, versionOf } from '../scenario.ts';

export function listGaming(): readonly Scenario[] {
  return [
    {
      name: 'neverball',
      class: 'gaming',
      program: 'Neverball',
      version: versionOf('neverball'),
      packages: ['neverball', 'libgl1-mesa-dri'],
      driven: 'played with the mouse, drawn by the processor (Mesa llvmpipe)',
      open: async desktop => {
        put(desktop, '.neverball/neverballrc', 'fullscreen 0\nwidth 1280\nheight 800\n');
        await desktop.launchWindow('neverball', 'neverball', '--level', 'map-easy/easy.sol');
        await desktop.pause(5);
      },
      drive: desktop =>
        desktop.loop(async () => {
          await desktop.move(desktop.between(500, 1100), desktop.between(350, 650));
          await desktop.pause(0.1, 0.5);
          // Starts the level; after a fall, anew.
          if (desktop.chance(0.1)) await desktop.click();
          if (desktop.chance(0.05)) await desktop.key('Return');
        }),
    },
    {
      name: 'extremetuxracer',
      class: 'gaming',
      program: 'Extreme Tux Racer',
      version: versionOf('extremetuxracer'),
      packages: ['extremetuxracer', 'libgl1-mesa-dri'],
      driven: 'raced with the keyboard, drawn by the processor (Mesa llvmpipe)',
      open: async desktop => {
        // It fills the display by itself, and does not start where its window is given another size meanwhile.
        desktop.launch('etr');
        await desktop.pause(20);
        for (let press = 0; press < 6; press++) {
          await desktop.key('Return');
          await desktop.pause(2);
        }
      },
      drive: desktop =>
        desktop.loop(async () => {
          await desktop.hold(desktop.pick(['Left', 'Right', 'Up', 'Down']), desktop.between(0.2, 1.2));
          if (desktop.chance(0.1)) await desktop.key('Return');
        }),
    },
    {
      name: 'openarena',
      class: 'gaming',
      program: 'OpenArena',
      version: versionOf('openarena'),
      packages: ['openarena', 'libgl1-mesa-dri'],
      driven: 'a match against three bots with keyboard and mouse, drawn by the processor (Mesa llvmpipe)',
      open: async desktop => {
        const settings = {
          com_introplayed: 1,
          r_fullscreen: 0,
          r_mode: -1,
          r_customwidth: 1024,
          r_customheight: 768,
          s_initsound: 0,
          bot_enable: 1,
          bot_minplayers: 4,
          fraglimit: 0,
          timelimit: 0,
        };
        const words = Object.entries(settings).flatMap(([name, value]) => ['+set', name, String(value)]);
        // Its window is left as it is: the game would begin anew.
        desktop.launch('openarena', ...words, '+map', 'oa_dm1');
        await desktop.pause(25);
      },
      drive: desktop =>
        desktop.loop(async () => {
          await desktop.whileHeld(desktop.pick(['w', 'w', 'a', 'd']), async () => {
            await desktop.move(desktop.between(300, 900), desktop.between(330, 430));
            await desktop.pause(0.2, 0.8);
            await desktop.click();
          });
          if (desktop.chance(0.2)) await desktop.key('space');
        }),
    },
  ];
}

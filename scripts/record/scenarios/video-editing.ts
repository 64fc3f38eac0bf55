import type { Desktop } from '../desktop.ts';
import { nothing, type Scenario, versionOf } from '../scenario.ts';

export function listVideoEditing(): readonly Scenario[] {
  return [
    {
      name: 'ffmpeg-x264',
      class: 'video_editing',
      program: 'ffmpeg',
      version: 'ffmpeg -version | head -1',
      packages: ['ffmpeg'],
      driven: 'clips of 1080p are encoded with x264 one after the other, with short pauses',
      open: nothing,
      drive: desktop =>
        desktop.loop(async () => {
          const seconds = Math.round(desktop.between(5, 20));
          await desktop.shell(
            `ffmpeg -y -loglevel error -f lavfi -i mandelbrot=size=1920x1080:rate=25 -t ${String(seconds)} -vf "hue=H=0.2*t,unsharp" -c:v libx264 -preset fast out.mp4`,
          );
          await desktop.pause(0.5, 5);
        }),
    },
    {
      name: 'ffmpeg-x265-vp9',
      class: 'video_editing',
      program: 'ffmpeg with x265 and libvpx',
      version: 'ffmpeg -version | head -1',
      packages: ['ffmpeg'],
      driven: 'parts of a clip of 720p are converted to HEVC or VP9 one after the other, with short pauses',
      open: desktop => makeClip(desktop, 'clip.mp4', '1280x720', 60),
      drive: desktop =>
        desktop.loop(async () => {
          const codec = desktop.pick([
            'libx265 -preset fast -x265-params log-level=error',
            'libvpx-vp9 -deadline good -cpu-used 4 -row-mt 1 -b:v 2M',
          ]);
          const start = String(Math.round(desktop.between(0, 40)));
          const seconds = String(Math.round(desktop.between(5, 18)));
          await desktop.shell(
            `ffmpeg -y -loglevel error -ss ${start} -t ${seconds} -i clip.mp4 -c:v ${codec} out.mkv`,
          );
          await desktop.pause(0.5, 5);
        }),
    },
    {
      name: 'melt',
      class: 'video_editing',
      program: 'melt (MLT, the engine of Kdenlive and Shotcut)',
      version: 'melt --version 2>&1 | head -1',
      packages: ['melt', 'ffmpeg'],
      driven: 'a timeline of two clips with a dissolve, darkened, is rendered again after pauses',
      open: desktop =>
        desktop.shell(
          'for c in a b; do ffmpeg -y -loglevel error -f lavfi -i testsrc2=size=1280x720:rate=25 -t 20 -c:v libx264 -preset ultrafast $c.mp4; done',
        ),
      drive: desktop =>
        desktop.loop(async () => {
          await desktop.shell(
            'melt a.mp4 b.mp4 -mix 50 -mixer luma -attach brightness level=0.9 -consumer avformat:out.mp4 vcodec=libx264 preset=medium',
          );
          await desktop.pause(2, 10);
        }),
    },
    {
      name: 'ffplay-cut',
      class: 'video_editing',
      program: 'ffplay and ffmpeg',
      version: 'ffmpeg -version | head -1',
      packages: ['ffmpeg'],
      driven:
        'a clip of 1080p is watched from several places, a part cut out of it and encoded, the result watched',
      open: desktop => makeClip(desktop, 'clip.mp4', '1920x1080', 40),
      drive: desktop =>
        desktop.loop(async () => {
          for (let look = 0; look < 2; look++) {
            await watch(desktop, 'clip.mp4', desktop.between(0, 25), desktop.between(4, 10));
            await desktop.pause(0.5, 4);
          }
          const start = desktop.between(0, 25).toFixed(1);
          await desktop.shell(
            `ffmpeg -y -loglevel error -ss ${start} -t ${desktop.between(4, 12).toFixed(1)} -i clip.mp4 -vf "fade=in:0:25,eq=saturation=1.2" -c:v libx264 -preset medium cut.mp4`,
          );
          await watch(desktop, 'cut.mp4', 0, desktop.between(3, 8));
          await desktop.pause(1, 5);
        }),
    },
    {
      name: 'shotcut',
      class: 'video_editing',
      program: 'Shotcut',
      version: versionOf('shotcut'),
      packages: ['shotcut', 'ffmpeg'],
      driven: 'a clip is played, moved through frame by frame, marked, put on the timeline and split there',
      open: async desktop => {
        await makeClip(desktop, 'clip.mp4', '1280x720', 40);
        await desktop.launchWindow('shotcut', 'shotcut', '--noupgrade', 'clip.mp4');
        await desktop.pause(12);
      },
      drive: desktop =>
        desktop.loop(async () => {
          await desktop.key('space');
          await desktop.pause(3, 10);
          await desktop.key('space', desktop.pick(['i', 'o']));
          for (let frame = 0; frame < 10 && !desktop.isOver; frame++) {
            await desktop.key(desktop.pick(['Right', 'Left', 'Page_Down', 'Page_Up']));
            await desktop.pause(0.1, 0.6);
          }
          await desktop.key(desktop.pick(['a', 's', 'ctrl+z']));
          await desktop.pause(1, 5);
        }),
    },
  ];
}

/** Makes a clip with grain, as a camera's has, of so many seconds. */
function makeClip(desktop: Desktop, name: string, size: string, seconds: number): Promise<void> {
  return desktop.shell(
    `ffmpeg -y -loglevel error -f lavfi -i testsrc2=size=${size}:rate=25,noise=alls=10:allf=t -t ${String(seconds)} -c:v libx264 -preset veryfast -crf 26 -pix_fmt yuv420p ${name}`,
  );
}

/** Plays a part of a clip in a window. */
function watch(desktop: Desktop, name: string, start: number, seconds: number): Promise<void> {
  return desktop.shell(
    `ffplay -loglevel quiet -an -autoexit -x 1280 -y 720 -ss ${start.toFixed(1)} -t ${seconds.toFixed(1)} ${name}`,
  );
}

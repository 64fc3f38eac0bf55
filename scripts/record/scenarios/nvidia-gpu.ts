import path from 'node:path';
import { ROOT } from '../../lib/paths.mjs';
import { nothing, put, type Scenario } from '../scenario.ts';

const PYTORCH = 'PyTorch {torch}';
const TRANSFORMERS = 'PyTorch {torch}, Transformers {transformers}';

/** For a machine with an NVIDIA GPU and CUDA: Python with the packages that a scenario names, nvcc and ninja. */
export function listNvidiaGpu(): readonly Scenario[] {
  return [
    {
      name: 'gpu-idle',
      class: 'idle',
      program: 'nothing',
      version: 'echo Linux $(uname -r | cut -d. -f1,2)',
      packages: [],
      driven: 'nothing but the recording, on a machine with a GPU',
      open: nothing,
      drive: desktop => desktop.loop(() => desktop.pause(5)),
    },
    python('gpu-idle-loaded', 'idle', 'memory_taken', 'PyTorch', PYTORCH, 'memory is taken, nobody computes'),
    python(
      'gpu-train-gpt2',
      'ai_training',
      'train_gpt2',
      'PyTorch and Transformers: GPT-2',
      TRANSFORMERS,
      'GPT-2 (124 million parameters) learns made-up text from a file in bfloat16 and is saved every 30 s',
    ),
    python(
      'gpu-train-resnet50',
      'ai_training',
      'train_resnet50',
      'PyTorch and torchvision: ResNet-50',
      PYTORCH,
      'ResNet-50 learns from JPEG files that 14 processes decode and change: the processor is the bottleneck',
    ),
    python(
      'gpu-train-jax',
      'ai_training',
      'train_jax',
      'JAX',
      'JAX {jax}',
      'a deep autoencoder is trained, with pauses; JAX takes three quarters of the GPU’s memory beforehand',
    ),
    python(
      'gpu-train-lora',
      'ai_training',
      'train_lora',
      'PyTorch and PEFT: LoRA',
      TRANSFORMERS,
      'low-rank adapters of a Llama with 1.2 billion parameters are fitted to short texts of different length, two at a time',
    ),
    python(
      'gpu-language-server',
      'ai_training',
      'language_server',
      'PyTorch and Transformers: Llama',
      TRANSFORMERS,
      'inference: a language model with 1.2 billion parameters answers 1, 4 or 16 requests at a time, with pauses',
    ),
    python(
      'gpu-vision',
      'ai_training',
      'vision',
      'PyTorch and timm: ViT',
      PYTORCH,
      'inference: batches of 64 pictures through a vision transformer',
    ),
    {
      name: 'gpu-nvcc',
      class: 'coding_development',
      program: 'nvcc and ninja',
      version: 'nvcc --version | grep -o "release [0-9.]*"',
      packages: [],
      driven:
        'some of 24 CUDA sources are changed and built again by 2 to 13 processes, with pauses of 2 to 9 s',
      open: desktop => {
        const parts = Array.from({ length: 24 }, (_, n) => `part${String(n)}`);
        parts.forEach((part, n) => put(desktop, `${part}.cu`, cudaSource(n)));
        const rule = 'rule cc\n command = nvcc -O2 -c $in -o $out\n';
        put(desktop, 'build.ninja', rule + parts.map(part => `build ${part}.o: cc ${part}.cu\n`).join(''));
        return Promise.resolve();
      },
      drive: desktop =>
        desktop.loop(async () => {
          const changed = String(Math.floor(desktop.between(1, 13)));
          const processes = String(Math.floor(desktop.between(2, 14)));
          await desktop.shell(`ls *.cu | shuf -n ${changed} | xargs touch; ninja -j ${processes}`);
          await desktop.pause(2, 9);
        }),
    },
    {
      name: 'gpu-pytest',
      class: 'coding_development',
      program: 'pytest and SymPy',
      version: 'python3 --version',
      packages: [],
      driven: 'one of SymPy’s test files is run by 1 to 3 processes, with pauses of 1 to 7 s',
      open: nothing,
      drive: desktop =>
        desktop.loop(async () => {
          const file = desktop.pick(['basic', 'arit', 'sympify', 'expr', 'facts']);
          const processes = String(Math.floor(desktop.between(1, 4)));
          const folder = '$(python3 -c "import sympy, os; print(os.path.dirname(sympy.__file__))")';
          await desktop.shell(
            `python3 -m pytest -q -x -p no:cacheprovider -n ${processes} ${folder}/core/tests/test_${file}.py`,
          );
          await desktop.pause(1, 7);
        }),
    },
  ];
}

/**
 * A program of `scripts/record/gpu`.
 *
 * @param versions text with names of Python modules in braces, in the place of which their versions are put
 */
function python(
  name: string,
  label: string,
  file: string,
  program: string,
  versions: string,
  driven: string,
): Scenario {
  const modules = [...versions.matchAll(/\{(\w+)\}/g)].map(([, module]) => module ?? '').join(', ');
  const print = versions.replaceAll(/\{(\w+)\}/g, '{$1.__version__}');
  return {
    name,
    class: label,
    program,
    version: `python3 -c 'import ${modules}; print(f"${print}")'`,
    packages: [],
    driven,
    open: nothing,
    drive: async desktop => {
      const seed = String(Math.round(desktop.between(0, 1e6)));
      const source = path.join(ROOT, 'scripts', 'record', 'gpu', `${file}.py`);
      await desktop.loop(() => desktop.shell(`python3 ${source} ${seed}`));
    },
  };
}

/** A source with templates, which take the compiler some seconds. */
function cudaSource(n: number): string {
  return [
    '#include <thrust/device_vector.h>',
    '#include <thrust/sort.h>',
    '#include <thrust/transform.h>',
    'template <int N> struct Scaled {',
    '  __device__ float operator()(float x) const { return x * N + 1.f / (N + x); }',
    '};',
    `void run${String(n)}(thrust::device_vector<float>& values) {`,
    `  thrust::transform(values.begin(), values.end(), values.begin(), Scaled<${String(n)}>());`,
    '  thrust::sort(values.begin(), values.end());',
    '}',
    '',
  ].join('\n');
}

import type { Scenario } from './scenario.ts';
import { listAiTraining } from './scenarios/ai-training.ts';
import { listCad3dModeling } from './scenarios/cad-3d-modeling.ts';
import { listCodingDevelopment } from './scenarios/coding-development.ts';
import { listDocumentEditing } from './scenarios/document-editing.ts';
import { listGaming } from './scenarios/gaming.ts';
import { listGraphicsDesign } from './scenarios/graphics-design.ts';
import { listIdle } from './scenarios/idle.ts';
import { listNvidiaGpu } from './scenarios/nvidia-gpu.ts';
import { listSystemMaintenance } from './scenarios/system-maintenance.ts';
import { listVideoEditing } from './scenarios/video-editing.ts';
import { listWebBrowsing } from './scenarios/web-browsing.ts';

/** All scenarios. */
export function listScenarios(): readonly Scenario[] {
  return [
    ...listIdle(),
    ...listDocumentEditing(),
    ...listWebBrowsing(),
    ...listCodingDevelopment(),
    ...listCad3dModeling(),
    ...listGraphicsDesign(),
    ...listVideoEditing(),
    ...listGaming(),
    ...listSystemMaintenance(),
    ...listAiTraining(),
    ...listNvidiaGpu(),
  ];
}

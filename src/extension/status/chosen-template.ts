import { parseTemplate, type Template, type TemplateFault } from '../../common/status-template/parse.ts';

/** The template in use: the user's while it is right, else the last one that was. */
export class ChosenTemplate {
  #text: string;
  #template: Template;
  #fault: TemplateFault | undefined;

  /** @throws Error when the template to begin with is wrong */
  constructor(initial: string) {
    const parsed = parseTemplate(initial);
    if (!parsed.ok) throw new Error(`the template ${initial} is wrong`);
    this.#text = initial;
    this.#template = parsed.template;
  }

  get template(): Template {
    return this.#template;
  }

  /** What is wrong with the latest one; `undefined` where it is in use. */
  get fault(): TemplateFault | undefined {
    return this.#fault;
  }

  /** Takes what the settings hold, of whatever kind. */
  set(given: unknown): void {
    if (given === this.#text) {
      this.#fault = undefined;
      return;
    }
    const parsed = parseTemplate(typeof given === 'string' ? given : '');
    this.#fault = parsed.ok ? undefined : parsed.fault;
    if (!parsed.ok) return;
    this.#text = String(given);
    this.#template = parsed.template;
  }
}

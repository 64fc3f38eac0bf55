import * as vscode from 'vscode';
import { BACK, CANCELLED, type StepPlace } from './steps.ts';

/** What all questions of a set-up look like. */
interface Question {
  readonly title: string;
  readonly place: StepPlace;
}

/** Something to choose. */
export interface Choice<T> {
  readonly value: T;
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
  /** Why it cannot be chosen; left out where it can. */
  readonly isBarred?: boolean;
}

/** A choice among few. */
export interface ChoiceQuestion<T> extends Question {
  /** What is asked, in the box. */
  readonly placeholder: string;
  readonly choices: readonly Choice<T>[];
  /** The one that is marked first. */
  readonly chosen?: T | undefined;
}

/** A text. */
export interface TextQuestion extends Question {
  /** What is asked, below the box. */
  readonly prompt: string;
  readonly value: string;
  readonly placeholder?: string;
  /** It does not show. */
  readonly isSecret?: boolean;
  /** What is wrong with a text, for the user; empty where nothing is. */
  readonly check: (text: string) => string;
}

/** Asks for a choice. It stays open when another window is in front, as where a password is looked up. */
export function choose<T>(question: ChoiceQuestion<T>): Promise<T | typeof BACK | typeof CANCELLED> {
  const box = vscode.window.createQuickPick<vscode.QuickPickItem & { readonly choice: Choice<T> }>();
  box.placeholder = question.placeholder;
  box.items = question.choices.map(choice => {
    const { label, description, detail, isBarred = false } = choice;
    return {
      choice,
      label: isBarred ? `$(circle-slash) ${label}` : label,
      ...(description === undefined ? {} : { description }),
      ...(detail === undefined ? {} : { detail }),
    };
  });
  const marked = box.items.find(({ choice }) => choice.value === question.chosen);
  if (marked) box.activeItems = [marked];
  return ask(box, question, () => {
    const [chosen] = box.selectedItems;
    return chosen && chosen.choice.isBarred !== true ? { answer: chosen.choice.value } : undefined;
  });
}

/** Asks for a text, which is checked while it is typed. */
export function askText(question: TextQuestion): Promise<string | typeof BACK | typeof CANCELLED> {
  const box = vscode.window.createInputBox();
  box.prompt = question.prompt;
  box.value = question.value;
  box.password = question.isSecret ?? false;
  if (question.placeholder !== undefined) box.placeholder = question.placeholder;
  const look = (): string => {
    const wrong = question.check(box.value);
    box.validationMessage = wrong === '' ? undefined : wrong;
    return wrong;
  };
  box.onDidChangeValue(look);
  return ask(box, question, () => (look() === '' ? { answer: box.value } : undefined));
}

/** Shows a box until it is answered. @param answered `undefined` where what is in the box is no answer */
function ask<T>(
  box: vscode.QuickPick<vscode.QuickPickItem> | vscode.InputBox,
  { title, place }: Question,
  answered: () => { readonly answer: T } | undefined,
): Promise<T | typeof BACK | typeof CANCELLED> {
  box.title = title;
  box.step = place.number;
  box.totalSteps = place.of;
  box.ignoreFocusOut = true;
  if (place.number > 1) box.buttons = [vscode.QuickInputButtons.Back];
  return new Promise(resolve => {
    let end: T | typeof BACK | typeof CANCELLED = CANCELLED;
    box.onDidTriggerButton(() => {
      end = BACK;
      box.hide();
    });
    box.onDidAccept(() => {
      const given = answered();
      if (!given) return;
      end = given.answer;
      box.hide();
    });
    box.onDidHide(() => {
      box.dispose();
      resolve(end);
    });
    box.show();
  });
}

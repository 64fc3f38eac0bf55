import type * as vscode from 'vscode';

/** Owns other disposables and disposes of them with itself, the last registered first. */
export abstract class Disposable implements vscode.Disposable {
  readonly #owned: vscode.Disposable[] = [];
  #isDisposed = false;

  /** Takes ownership of `value`; one that comes after the end is disposed of at once. */
  protected _register<T extends vscode.Disposable>(value: T): T {
    if (this.#isDisposed) value.dispose();
    else this.#owned.push(value);
    return value;
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    while (this.#owned.length > 0) this.#owned.pop()?.dispose();
  }
}

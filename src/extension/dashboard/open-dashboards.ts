/** A dashboard that is open, seen or not. */
export interface OpenDashboard {
  readonly visible: boolean;
}

/** The dashboards of this window, to find the one that a command is about. */
export class OpenDashboards<Dashboard extends OpenDashboard> {
  /** The one that was used last at the end. */
  readonly #list: Dashboard[] = [];

  /** The user has opened a dashboard, or works in it. */
  used(dashboard: Dashboard): void {
    this.closed(dashboard);
    this.#list.push(dashboard);
  }

  closed(dashboard: Dashboard): void {
    const at = this.#list.indexOf(dashboard);
    if (at >= 0) this.#list.splice(at, 1);
  }

  /** Of those on the screen the one that was used last; `undefined` where there is none. */
  get shown(): Dashboard | undefined {
    return this.#list.findLast(({ visible }) => visible);
  }
}

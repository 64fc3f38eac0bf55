/** What a browser ends with: an address, and the page there, unless it was not to be opened. */
export interface Visit {
  readonly address: string;
  readonly html: string;
}

/** As much of a browser as a sign-in needs: it keeps cookies, follows redirects and sends forms. */
export class ScriptedBrowser {
  readonly #cookies = new Map<string, string>();

  /**
   * Opens an address and follows where it leads.
   *
   * @param isEnd an address that it does not open: it stands in its address bar then
   */
  async open(
    address: string,
    isEnd: (address: string) => boolean = () => false,
    form?: URLSearchParams,
  ): Promise<Visit> {
    let body = form;
    for (let at = address, hops = 0; hops < 20; hops++) {
      if (isEnd(at)) return { address: at, html: '' };
      const response = await fetch(at, {
        redirect: 'manual',
        headers: { cookie: [...this.#cookies].map(pair => pair.join('=')).join('; ') },
        ...(body && { method: 'POST', body }),
      });
      for (const cookie of response.headers.getSetCookie()) this.#keep(cookie);
      const location = response.headers.get('location');
      const html = await response.text();
      if (location === null) return { address: at, html };
      at = new URL(location, at).href;
      body = undefined;
    }
    throw new Error('redirects without end');
  }

  /** Sends the one form of a page, with what the user has filled in. */
  submit(page: Visit, filled: Record<string, string>, isEnd?: (address: string) => boolean): Promise<Visit> {
    const action = /<form[^>]* action="([^"]+)"/.exec(page.html)?.[1];
    if (action === undefined) throw new Error(`no form in ${page.html.slice(0, 300)}`);
    const hidden = [...page.html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
    const fields = Object.fromEntries(hidden.map(([, name = '', value = '']) => [name, value]));
    return this.open(
      new URL(action, page.address).href,
      isEnd,
      new URLSearchParams({ ...fields, ...filled }),
    );
  }

  #keep(cookie: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
    if (value === '' || /expires=Thu, 01 Jan 1970/i.test(cookie)) this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }
}

/** A sleep that can be ended early, also by a call that came before it began. */
export class Alarm {
  #isRung = false;
  #wake: () => void = () => undefined;

  ring(): void {
    this.#isRung = true;
    this.#wake();
  }

  /** Calls from before this moment are answered by what is done next. */
  reset(): void {
    this.#isRung = false;
  }

  async sleep(milliseconds: number): Promise<void> {
    if (this.#isRung) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

const delimiters = ':,{}[]"';

/** Tokens of a text as Connect's `Values.Parser` cuts it: each of `:,{}[]"` unless a backslash stands before, and what lies between. */
export class ValueTokens {
  readonly text: string;
  #at = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Where the next token begins. */
  get position(): number {
    return this.#at;
  }

  get hasNext(): boolean {
    return this.#at < this.text.length;
  }

  rewind(position: number): void {
    this.#at = position;
  }

  /** Takes the next token; the empty text at the end. */
  next(): string {
    const start = this.#at;
    let isEscaped = false;
    for (; this.#at < this.text.length; this.#at++) {
      const character = this.text[this.#at]!;
      if (character === '\\') isEscaped = !isEscaped;
      else if (isEscaped || !delimiters.includes(character)) isEscaped = false;
      else {
        if (this.#at === start) this.#at++;
        break;
      }
    }
    return this.text.slice(start, this.#at);
  }

  /** Takes the token if it is the next one, whatever blanks are before and around it; else only the blanks before. */
  take(expected: string): boolean {
    let start = this.#at;
    let token = this.next();
    while (token.trim() === '' && this.hasNext) {
      start = this.#at;
      token = this.next();
    }
    if (token.trim() === expected) return true;
    this.#at = start;
    return false;
  }

  /** The text of the next so many tokens; undefined, and nothing taken, when there are fewer. */
  nextOf(count: number): string | undefined {
    const start = this.#at;
    for (let taken = 0; taken < count; taken++) {
      if (!this.hasNext) {
        this.#at = start;
        return undefined;
      }
      this.next();
    }
    return this.text.slice(start, this.#at);
  }
}

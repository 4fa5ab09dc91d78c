// The transcript follows the player, is searched, and gives links and quotations; the slides follow too.
import { keyOf } from "./player/keys.js";
import { clockWords, copyText, wordsIn } from "./player/words.js";

const OWN_SCROLL = 400; // ms in which a scroll is ours
const TYPING = 150; // ms
const MOST_FOUND = 2000; // places that are highlighted
const SILENT_FOR = 5; // seconds after a line's end, after which it is not what is being said any more
const CAN_HIGHLIGHT = "highlights" in CSS;

const playerOf = () => document.querySelector("plenum-player");
// Tells of each place from the one with which the player begins, until the signal comes.
const followPlayer = (tell, signal) => {
  const player = playerOf();
  if (!player) return;
  customElements.whenDefined("plenum-player").then(() => {
    player.addEventListener("place", ({ detail }) => tell(detail.at), { signal });
    if (player.at) tell(player.at);
  });
};
// The last of a sorted list of starts that is not after this second; -1 before the first.
const lastAt = (starts, at) => {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle] <= at + 0.05) low = middle + 1;
    else high = middle;
  }
  return low - 1;
};

class PlenumTranscript extends HTMLElement {
  connectedCallback() {
    if (this.lines) return;
    const find = (css) => this.querySelector(css);
    this.word = wordsIn(this);
    this.lines = [...this.querySelectorAll("li[data-start]")];
    this.starts = this.lines.map((line) => Number(line.dataset.start));
    this.ends = this.lines.map((line) => Number(line.dataset.end));
    this.panel = find(".transcript__lines");
    this.again = find("[data-follow]");
    this.following = true;
    this.gone = new AbortController();
    followPlayer((at) => this.mark(at), this.gone.signal);
    this.again.addEventListener("click", () => this.followAgain());
    for (const name of ["wheel", "touchmove", "keydown"]) this.panel.addEventListener(name, (event) => this.wandered(event), { passive: true });
    this.panel.addEventListener("scroll", () => performance.now() - (this.scrolled ?? 0) > OWN_SCROLL && this.wandered(), { passive: true });
    this.prepareSearch(find);
    this.prepareQuotes(find);
  }

  // Another language's transcript takes the place of this one.
  disconnectedCallback() {
    this.gone?.abort();
  }

  // Where nobody has said anything for a while no line is current, and the panel stays at the last one.
  mark(at) {
    const number = lastAt(this.starts, at);
    const isSaid = !(at > this.ends[number] + SILENT_FOR);
    if (number === this.current && isSaid === this.isSaid) return;
    const isOther = number !== this.current;
    this.lines[this.current]?.removeAttribute("aria-current");
    [this.current, this.isSaid] = [number, isSaid];
    if (isSaid) this.lines[number]?.setAttribute("aria-current", "true");
    if (isOther && this.following) this.showLine(number);
  }

  // The language in which these words are shown, where the page shows another one unless asked; else null.
  get languageAsked() {
    const languages = [...this.querySelectorAll("nav a[hreflang]")].map((tab) => tab.hreflang);
    const first = languages.find((one) => one.slice(0, 2) === document.documentElement.lang.slice(0, 2)) ?? languages[0];
    const shown = this.panel.querySelector("ol").lang;
    return languages.length > 1 && shown !== first ? shown : null;
  }

  addressOf(start) {
    const address = new URL(playerOf()?.address?.(start) ?? `?t=${Math.floor(start)}`, location.href);
    if (this.languageAsked) address.searchParams.set("transcript", this.languageAsked);
    return address.href;
  }

  // Scrolls the panel and never the page. Lines that were not drawn yet have only a guessed height, so look twice.
  showLine(number, twice = true) {
    const line = this.lines[number];
    if (!line) return;
    this.scrolled = performance.now();
    const { top } = line.getBoundingClientRect();
    const frame = this.panel.getBoundingClientRect();
    this.panel.scrollTop += top - frame.top - this.panel.clientHeight / 3;
    if (twice) requestAnimationFrame(() => requestAnimationFrame(() => this.showLine(number, false)));
  }

  wandered(event) {
    if (event?.type === "keydown" && !/^(Arrow(Up|Down)|Page|Home|End| )/.test(event.key)) return;
    if (!this.following || this.current === undefined || this.current < 0) return;
    this.following = false;
    this.again.hidden = false;
  }

  followAgain() {
    this.following = true;
    this.again.hidden = true;
    this.showLine(this.current);
    this.panel.focus({ preventScroll: true });
  }

  // --- Search -------------------------------------------------------------------------------------------------

  prepareSearch(find) {
    const field = find("input[type=search]");
    this.count = find("[data-count]");
    this.foundBox = find(".transcript__found");
    field.addEventListener("input", () => {
      clearTimeout(this.typing);
      this.typing = setTimeout(() => {
        this.search(field.value);
        this.turn(1);
      }, TYPING);
    });
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.turn(event.shiftKey ? -1 : 1);
    });
    find("[data-back]").addEventListener("click", () => this.turn(-1));
    find("[data-next]").addEventListener("click", () => this.turn(1));
    if (field.value) this.search(field.value); // words by which the page was found
    if (this.found?.length) this.tell(0);
  }

  search(wanted) {
    const words = wanted.trim().toLocaleLowerCase();
    this.texts ??= this.lines.map((line) => line.querySelector("p > span").firstChild);
    this.lower ??= this.texts.map((node) => (node?.data ?? "").toLocaleLowerCase());
    this.found = [];
    if (words.length > 1)
      this.lower.forEach((text, line) => {
        for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + words.length)) this.found.push({ line, at });
      });
    this.wanted = words;
    this.foundBox.hidden = words.length < 2;
    this.place = -1;
    this.lines.forEach((line) => line.classList.remove("is-found"));
    if (CAN_HIGHLIGHT) {
      CSS.highlights.set("found", new Highlight(...this.found.slice(0, MOST_FOUND).map((one) => this.rangeOf(one))));
      CSS.highlights.delete("found-now");
    } else this.found.forEach((one) => this.lines[one.line].classList.add("is-found"));
    this.count.textContent = words.length > 1 ? this.word("none") : "";
  }

  rangeOf({ line, at }) {
    const range = document.createRange();
    const { length } = this.texts[line].data;
    range.setStart(this.texts[line], Math.min(at, length));
    range.setEnd(this.texts[line], Math.min(at + this.wanted.length, length));
    return range;
  }

  turn(step) {
    if (!this.found?.length) return;
    this.tell((this.place + step + this.found.length) % this.found.length);
    this.following = false;
    this.again.hidden = !playerOf()?.isPlaying;
    this.showLine(this.found[this.place].line);
  }

  // Marks one of the places that were found, and says which of how many it is.
  tell(place) {
    this.place = place;
    this.count.textContent = this.word("found", { k: place + 1, n: this.found.length });
    if (CAN_HIGHLIGHT) CSS.highlights.set("found-now", new Highlight(this.rangeOf(this.found[place])));
  }

  // --- Links and quotations ---------------------------------------------------------------------------------------

  prepareQuotes(find) {
    this.quote = find(".transcript__quote");
    this.linkButton = find("[data-copy-link]");
    const chosen = () => {
      clearTimeout(this.choosing);
      this.choosing = setTimeout(() => this.offerQuote(), TYPING);
    };
    document.addEventListener("selectionchange", chosen, { signal: this.gone.signal });
    this.linkButton.addEventListener("click", () => this.copied(this.chosen.address));
    find("[data-copy-quote]").addEventListener("click", () => this.copied(this.quotation(this.chosen)));
    this.panel.addEventListener("keydown", (event) => this.pressed(event));
    this.addEventListener("keydown", (event) => event.key === "Escape" && this.quote.hidePopover?.());
    this.panel.addEventListener("scroll", () => this.quote.matches(":popover-open") && this.placeQuote(), { passive: true });
  }

  offerQuote() {
    const selection = getSelection();
    if (this.quote.contains(document.activeElement)) return;
    const inside = !selection.isCollapsed && this.panel.contains(selection.anchorNode) && this.panel.contains(selection.focusNode);
    const text = inside ? this.wordsIn(selection.getRangeAt(0)) : "";
    if (!text) {
      if (this.quote.matches(":popover-open")) this.quote.hidePopover();
      return;
    }
    const range = selection.getRangeAt(0);
    const line = (range.startContainer.parentElement ?? this).closest("li") ?? this.lines.find((one) => range.intersectsNode(one));
    this.chosen = { ...this.wordsOf(line, text), range };
    this.linkButton.textContent = this.word("copy-link", { time: clockWords(Number(line.dataset.start)) });
    if (!this.quote.matches(":popover-open")) this.quote.showPopover?.();
    this.placeQuote();
  }

  // What was said, without the times between the lines.
  wordsIn(range) {
    const parts = this.lines.filter((line) => range.intersectsNode(line)).map((line) => {
      const node = line.querySelector("p > span").firstChild;
      if (!node || !range.intersectsNode(node)) return "";
      const from = range.startContainer === node ? range.startOffset : 0;
      return node.data.slice(from, range.endContainer === node ? range.endOffset : undefined);
    });
    return parts.join(" ").replaceAll(/\s+/g, " ").trim();
  }

  // Words of a line, with what a link and a quotation of them need.
  wordsOf(line, text) {
    return { text, address: this.addressOf(Number(line.dataset.start)), speaker: line.dataset.speaker ?? "" };
  }

  // Whoever cannot select with a pointer copies the line that has the focus.
  pressed(event) {
    const line = event.target.closest("li[data-start]");
    const key = keyOf(event);
    if (!line || event.ctrlKey || event.metaKey || event.altKey || !["l", "q"].includes(key)) return;
    event.preventDefault();
    const words = this.wordsOf(line, line.querySelector("p > span").textContent.trim());
    copyText(key === "l" ? words.address : this.quotation(words));
  }

  placeQuote() {
    const { top, bottom, left, width } = this.chosen.range.getBoundingClientRect();
    const { offsetHeight, offsetWidth, style } = this.quote;
    const above = top - offsetHeight - 8;
    style.top = `${Math.max(8, above > 8 ? above : Math.min(bottom + 8, innerHeight - offsetHeight - 8))}px`;
    style.left = `${Math.max(8, Math.min(innerWidth - offsetWidth - 8, left + width / 2 - offsetWidth / 2))}px`;
  }

  quotation({ text, speaker, address }) {
    const from = [speaker, this.dataset.title].filter(Boolean).join(", ");
    const russian = this.panel.querySelector("ol").lang.startsWith("ru");
    return `${russian ? `«${text}»` : `“${text}”`} — ${from}\n${address}`;
  }

  async copied(text) {
    await copyText(text);
    this.quote.hidePopover?.();
    this.panel.focus({ preventScroll: true });
  }
}

class SlidesBeside extends HTMLElement {
  connectedCallback() {
    if (this.links) return;
    const find = (css) => this.querySelector(css);
    this.word = wordsIn(this);
    this.links = [...this.querySelectorAll("a[data-image]")];
    if (!this.links.length) return;
    this.starts = this.links.map((link) => Number(link.dataset.second));
    [this.image, this.caption] = [find("img"), find("figcaption")];
    [this.back, this.next, this.go, this.again] = ["back", "next", "go", "follow"].map((name) => find(`[data-${name}]`));
    for (const [button, step] of [[this.back, -1], [this.next, 1]])
      button.addEventListener("click", () => button.ariaDisabled === "true" || this.show(this.shown + step, false));
    this.go.addEventListener("click", () => {
      playerOf()?.playAt(this.starts[this.shown]);
      this.follow();
    });
    this.again.addEventListener("click", () => this.follow());
    this.following = true;
    this.current = 0;
    this.back.hidden = this.next.hidden = this.links.length < 2;
    this.show(0);
    followPlayer((at) => {
      this.current = Math.max(0, lastAt(this.starts, at));
      if (this.following) this.show(this.current);
      else this.drawActs();
    });
  }

  follow() {
    this.following = true;
    this.show(this.current);
  }

  show(number, following = true) {
    this.following = following;
    if (this.shown !== number) {
      const link = this.links[number];
      this.shown = number;
      this.image.src = link.dataset.image;
      this.image.alt = link.textContent;
      this.caption.replaceChildren(...link.cloneNode(true).childNodes); // with the languages of its words
      this.go.textContent = this.word("go", { time: clockWords(this.starts[number]) });
    }
    this.drawActs();
  }

  drawActs() {
    // Not disabled: who presses until the end would lose the focus there.
    this.back.setAttribute("aria-disabled", String(this.shown === 0));
    this.next.setAttribute("aria-disabled", String(this.shown === this.links.length - 1));
    this.go.hidden = this.shown === this.current;
    this.again.hidden = this.following;
  }
}

customElements.define("plenum-transcript", PlenumTranscript);
customElements.define("slides-beside", SlidesBeside);

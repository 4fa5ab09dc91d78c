// Which cameras are shown, and how: one alone, all beside each other, or one large with the others small in it.
export class View {
  // tiles: {feed, box}; changed is called after each change.
  constructor(player, tiles, changed) {
    Object.assign(this, { player, tiles, changed });
    this.layout = "one";
    this.main = tiles[0].feed.number;
    this.buttons = [...player.querySelectorAll("[data-choose]")];
    this.swapButton = player.querySelector("[data-swap]");
  }

  get numbers() {
    return this.tiles.map((tile) => tile.feed.number);
  }

  // What the page's address says: a camera's number, "both" or "small".
  get choice() {
    return this.layout === "one" ? String(this.main) : this.layout;
  }

  choose(choice) {
    const number = Number(choice);
    if (this.numbers.includes(number)) {
      this.layout = "one";
      this.main = number;
    } else if (["both", "small"].includes(choice) && this.tiles.length > 1) this.layout = choice;
    else return false;
    this.draw();
    return true;
  }

  // The next camera becomes the large one; the layout stays.
  swap(number = this.numbers[(this.numbers.indexOf(this.main) + 1) % this.numbers.length]) {
    this.main = number;
    this.draw();
  }

  draw() {
    this.player.dataset.layout = this.layout;
    for (const { feed, box } of this.tiles) {
      const isMain = feed.number === this.main;
      feed.isShown = isMain || this.layout !== "one";
      box.classList.toggle("is-main", isMain);
      box.classList.toggle("is-off", !feed.isShown);
      box.inert = !feed.isShown;
    }
    for (const button of this.buttons) button.setAttribute("aria-pressed", String(button.dataset.choose === this.choice));
    if (this.swapButton) this.swapButton.hidden = this.layout === "one";
    this.changed();
  }
}

// While something plays in a narrow window its picture stays in sight: once half of it is scrolled out, it lies at the
// top, small, with its bar, over what is read below it.
const MOST = 0.45; // share of the window's height
const WIDE = { both: 3 / 8 }; // height by width of all beside each other; else 9 / 16

export class InSight {
  constructor(player) {
    Object.assign(this, { player, isHeld: false });
    const find = (css) => player.querySelector(css);
    [this.box, this.screen, this.bar, this.below] = [".player__box", ".player__screen", ".player__bar", ".player__choices"].map(find);
    find("[data-unpin]").addEventListener("click", () => {
      this.screen.focus({ preventScroll: true });
      this.let();
    });
    addEventListener("scroll", () => this.look(), { passive: true });
    addEventListener("resize", () => {
      this.player.classList.remove("is-small"); // its place is measured anew
      this.look();
    });
    document.addEventListener("fullscreenchange", () => this.look());
  }

  // From the first playing on, until it ends or is let go.
  hold() {
    this.isHeld = true;
    this.look();
  }

  let() {
    this.isHeld = false;
    this.look();
  }

  get height() {
    const ratio = WIDE[this.player.dataset.layout] ?? 9 / 16;
    return Math.round(Math.min(document.documentElement.clientWidth * ratio, innerHeight * MOST - this.bar.offsetHeight));
  }

  look() {
    const picture = this.height;
    const whole = picture + this.bar.offsetHeight;
    const wasSmall = this.player.classList.contains("is-small");
    if (!wasSmall) this.needs = this.box.offsetHeight - this.screen.offsetHeight / 2; // of its place, to be seen well enough
    const isOut = this.below.getBoundingClientRect().top < this.needs;
    const isSmall = this.isHeld && isOut && this.player.staysInSight;
    if (isSmall) document.documentElement.style.setProperty("--in-sight", `${whole}px`);
    if (isSmall) this.player.style.setProperty("--picture", `${picture}px`);
    if (isSmall === wasSmall) return;
    // What is below keeps its place, and what has the focus must not be hidden.
    if (isSmall) this.player.style.setProperty("--place", `${this.box.getBoundingClientRect().height}px`);
    if (isSmall && this.box.contains(document.activeElement)) this.screen.focus({ preventScroll: true });
    this.player.classList.toggle("is-small", isSmall);
  }
}
